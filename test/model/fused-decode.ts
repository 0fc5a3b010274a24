// Fused block-mode decoding of a model against the plain graph in block arithmetic and against exact arithmetic.
import { acquireNodeDevice } from '../../src/cli/node-gpu.ts';
import { type LoadedModel, loadModel } from '../../src/loader/load-model.ts';
import { resolveSampling } from '../../src/runtime/sampling.ts';
import { Sequence } from '../../src/runtime/sequence.ts';
import type { ByteSource } from '../../src/util/byte-source.ts';
import { relativeL2 } from './judge.ts';

/** Two dispatches of the greedy tail: choice and advance. */
const TAIL_DISPATCHES = 2;
const PER_LAYER = 6;
const PER_TOKEN = 4;
const MAX_DIFFERENCE_PLAIN = 1e-2;
const MAX_DIFFERENCE_EXACT = 3e-2;
/** Of the mean negative log-likelihood. */
const MAX_NLL_CHANGE = 5e-3;

/** Passes whose splits of attention the projection merges, and where they are too many for that. */
const PASSES = [0, 1e6].map((position) => ({ tokens: 1, position }));

/**
 * Counts the dispatches of a token.
 * @throws Error when the graphs are not fused, or take more than six dispatches per layer and four
 */
export function countFused({ graphs, shape }: Pick<LoadedModel, 'graphs' | 'shape'>): number {
  const { decode, decodeHead, takesColumns } = graphs;
  need(!takesColumns, 'decode steps are not fused');
  const counts = PASSES.map((pass) => decode.describe(pass).length + decodeHead.describe(pass).length);
  const dispatches = Math.max(...counts) + TAIL_DISPATCHES;
  const budget = PER_LAYER * shape.layers + PER_TOKEN;
  need(dispatches <= budget, `${dispatches} dispatches per token; at most ${budget} are allowed`);
  return dispatches;
}

interface Run {
  readonly logits: Float32Array;
  /** Per token; null where decoding is not fused. */
  readonly dispatches: number | null;
  readonly vocabulary: number;
}

/** @returns figures for the report. @throws Error that says which bound is broken */
export async function checkFusedDecode(source: ByteSource, ids: readonly number[]): Promise<string> {
  const exact = await run(source, ids, { arithmetic: 'exact' });
  const plain = await run(source, ids, { arithmetic: 'block', fusedDecode: 'never' });
  const fused = await run(source, ids, { arithmetic: 'block', fusedDecode: 'always' });
  const toPlain = relativeL2(fused.logits, plain.logits);
  const toExact = relativeL2(fused.logits, exact.logits);
  need(toPlain <= MAX_DIFFERENCE_PLAIN, `logits differ by ${toPlain} from the plain graph`);
  need(toExact <= MAX_DIFFERENCE_EXACT, `logits differ by ${toExact} from exact arithmetic`);
  const change = Math.abs(negativeLogLikelihood(fused, ids) / negativeLogLikelihood(exact, ids) - 1);
  need(change <= MAX_NLL_CHANGE, `the negative log-likelihood changes by ${change}`);
  return `${fused.dispatches} dispatches, relative L2 ${toPlain.toExponential(1)} to the plain graph, ${toExact.toExponential(1)} to exact, likelihood ${(100 * change).toFixed(2)} %`;
}

function need(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

async function run(
  source: ByteSource,
  ids: readonly number[],
  options: { readonly arithmetic: 'exact' | 'block'; readonly fusedDecode?: 'always' | 'never' },
): Promise<Run> {
  const gpu = await acquireNodeDevice('default');
  const loaded = await loadModel(source, gpu, { ...options, contextLength: 256 });
  try {
    const sequence = await Sequence.create(loaded);
    const logits = await sequence.logits(ids, { all: true });
    const isFused = options.fusedDecode === 'always';
    if (isFused) await needRefusal(sequence, ids);
    return {
      logits,
      dispatches: isFused ? countFused(loaded) : null,
      vocabulary: loaded.shape.vocabularySize,
    };
  } finally {
    loaded.dispose();
    gpu.dispose();
  }
}

/** Fused kernels take one token: guesses are refused with a reason, and answers do not come side by side. */
async function needRefusal(sequence: Sequence, ids: readonly number[]): Promise<void> {
  const settings = resolveSampling({ temperature: 0, seed: 1 }, {});
  const reasons: (string | undefined)[] = [];
  const run = sequence.run(ids.slice(0, 2), {
    settings,
    maxTokens: 2,
    speculation: 'prompt-lookup',
    onSpeculated: ({ unavailable }) => reasons.push(unavailable),
  });
  let tokens = 0;
  for await (const _ of run) tokens++;
  need(tokens === 2, `${tokens} tokens came with speculation; expected 2`);
  need(/fused kernels/.test(`${reasons}`), `speculation was not refused: ${reasons}`);
  need(!sequence.takesParallel, 'answers would be generated side by side');
}

function negativeLogLikelihood({ logits, vocabulary }: Run, ids: readonly number[]): number {
  let sum = 0;
  for (let position = 0; position + 1 < ids.length; position++) {
    const row = logits.subarray(position * vocabulary, (position + 1) * vocabulary);
    const largest = row.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
    const total = row.reduce((all, value) => all + Math.exp(value - largest), 0);
    sum += largest + Math.log(total) - row[ids[position + 1]];
  }
  return sum / (ids.length - 1);
}
