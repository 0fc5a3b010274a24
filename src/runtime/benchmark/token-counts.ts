// What one token costs the host: dispatches, submits, read-backs, and objects made or written, counted while a greedy
// generation runs; beside the budget of the mode, which a test holds.
import type { TokenBudget, TokenCounts } from '../../api/benchmark-types.ts';
import type { SamplingOptions } from '../../api/types.ts';
import type { LoadedModel } from '../../loader/load-model.ts';
import { resolveSampling } from '../sampling.ts';
import type { RunOptions, Sequence } from '../sequence.ts';
import { countCalls, type GpuCall } from './call-counter.ts';
import { promptOf } from './run-test.ts';

/**
 * Bounds by mode: the arithmetic of the linear layers, and `-planes` where the activations are kept as bit planes too,
 * which takes a dispatch before each of the four products of a layer.
 */
export const TOKEN_BUDGETS: Readonly<Record<string, TokenBudget>> = {
  int8: { dispatchesPerLayer: 12, dispatchesBesideLayers: 5, submits: 1, readBacks: 0.25 },
  'int8-planes': { dispatchesPerLayer: 16, dispatchesBesideLayers: 5, submits: 1, readBacks: 0.25 },
  'int8-blocks': { dispatchesPerLayer: 13, dispatchesBesideLayers: 5, submits: 1, readBacks: 0.25 },
  'int8-blocks-planes': { dispatchesPerLayer: 17, dispatchesBesideLayers: 5, submits: 1, readBacks: 0.25 },
  float: { dispatchesPerLayer: 11, dispatchesBesideLayers: 5, submits: 1, readBacks: 0.25 },
};

/** Tokens before anything is counted: the first read-backs bring one id each. */
const FIRST_TOKENS = 10;

/** Options of countTokenCalls. */
export interface CountOptions {
  /** Tokens after the first ones; the more, the more exact. */
  readonly tokens: number;
  /** See RunOptions. Default: by speed. */
  readonly readBatch?: RunOptions['readBatch'];
  /** Default: greedy. A repetition penalty takes one dispatch more, which the budget then allows. */
  readonly sampling?: SamplingOptions;
  readonly signal?: AbortSignal;
}

/**
 * Counts a generation. Overwrites the cache.
 * @throws Error when no read-back fell into the counted tokens: too few of them
 */
export async function countTokenCalls(
  model: LoadedModel,
  sequence: Sequence,
  options: CountOptions,
): Promise<TokenCounts> {
  const ids = promptOf(4, model.shape.vocabularySize);
  const { readBatch, signal } = options;
  const room = model.contextLength - ids.length - 1;
  const counted = Math.min(options.tokens, room - FIRST_TOKENS);
  const settings = resolveSampling({ seed: 1, ...options.sampling }, {});
  const run = { settings, maxTokens: room, readBatch, signal };
  sequence.reset();
  const counter = countCalls(model.gpu.device);
  const marks: number[] = [];
  let tokens = 0;
  try {
    for await (const _ of sequence.run(ids, run)) {
      tokens++;
      if (tokens >= FIRST_TOKENS) marks.push(counter.calls.length);
      if (tokens >= FIRST_TOKENS + counted) break;
    }
  } finally {
    counter.stop();
  }
  const counts = summarizeCalls(model, sequence, counter.calls.slice(marks[0], marks.at(-1)));
  const extra = settings.repetitionPenalty === 1 ? 0 : 1;
  const { budget } = counts;
  return { ...counts, budget: { ...budget, dispatchesBesideLayers: budget.dispatchesBesideLayers + extra } };
}

/** Per step, from the first read-back among the calls to the last: between them lie whole batches. */
function summarizeCalls(model: LoadedModel, sequence: Sequence, calls: readonly GpuCall[]): TokenCounts {
  const window = calls.slice(calls.indexOf('map') + 1, calls.lastIndexOf('map') + 1);
  const count = (name: GpuCall) => window.filter((call) => call === name).length;
  const steps = count('submit');
  if (steps === 0) throw new Error(`${calls.length} calls hold no two read-backs; count more tokens`);
  const pass = { tokens: 1, position: FIRST_TOKENS };
  const labels = sequence.greedyStep().flatMap((graph) => graph.describe(pass));
  const inLayers = labels.filter(({ label }) => /^blk\.\d+ /.test(label)).length;
  const mode = modeOf(model, labels);
  const dispatches = count('dispatch') / steps;
  return {
    mode,
    dispatches,
    dispatchesPerLayer: inLayers / model.shape.layers,
    dispatchesBesideLayers: dispatches - inLayers,
    submits: 1,
    readBacks: count('map') / steps,
    created: count('create'),
    written: count('write'),
    countedTokens: steps,
    budget: budgetOf(mode, labels),
  };
}

function modeOf({ activations }: LoadedModel, steps: readonly { readonly kernel: string }[]): string {
  return steps.some(({ kernel }) => kernel.startsWith('bit-planes/')) ? `${activations}-planes` : activations;
}

/** Embedding and head take one dispatch per shard: where a table does not fit one binding, each shard more is allowed. */
function budgetOf(mode: string, steps: readonly { readonly label: string }[]): TokenBudget {
  const budget = TOKEN_BUDGETS[mode];
  if (budget === undefined) throw new Error(`mode ${mode} has no budget; add it to TOKEN_BUDGETS`);
  const extraShards = (end: string) =>
    Math.max(0, steps.filter(({ label }) => label.endsWith(end)).length - 1);
  const extra = extraShards('.weight gather') + extraShards('.weight head');
  return { ...budget, dispatchesBesideLayers: budget.dispatchesBesideLayers + extra };
}
