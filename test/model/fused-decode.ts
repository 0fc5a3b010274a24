// Block arithmetic of a BitLinear model: fused decoding against the plain graph and against exact arithmetic, prompts and scores.
import type { KvKind } from '../../shaders/common/kv/layout.ts';
import { acquireNodeDevice } from '../../src/cli/node-gpu.ts';
import { type LoadedModel, loadModel } from '../../src/loader/load-model.ts';
import { resolveSampling } from '../../src/runtime/sampling.ts';
import { Scorer } from '../../src/runtime/scorer.ts';
import { Sequence } from '../../src/runtime/sequence.ts';
import type { ByteSource } from '../../src/util/byte-source.ts';
import { relativeL2 } from './judge.ts';
import { TEST_ADAPTER } from './test-adapter.ts';

/** Two dispatches of the greedy tail: choice and advance. */
const TAIL_DISPATCHES = 2;
const PER_LAYER = 6;
const PER_TOKEN = 4;
const MAX_DIFFERENCE_PLAIN = 1e-2;
const MAX_DIFFERENCE_EXACT = 3e-2;
/** Of the mean negative log-likelihood. */
const MAX_NLL_CHANGE = 5e-3;
/** Losses of scoring beside those of decode steps: sums in another order flip single codes. Exact arithmetic is 5e-3 away. */
const MAX_SCORE_DIFFERENCE = 2e-3;

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
  /** Of decode steps, at every position. */
  readonly logits: Float32Array;
  /** After all ids as a prompt. */
  readonly prefilled: Float32Array;
  /** Operations of a prefill pass. */
  readonly prefillKernels: ReadonlySet<string>;
  /** Losses of the ids as a scored text; of block arithmetic without fused kernels, else null. */
  readonly scores: Float32Array | null;
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
  const change = Math.abs(mean(losses(fused, ids)) / mean(losses(exact, ids)) - 1);
  need(change <= MAX_NLL_CHANGE, `the negative log-likelihood changes by ${change}`);
  for (const block of [plain, fused]) needExactPrompt(block, exact);
  const scored = relativeL2(plain.scores ?? [], losses(plain, ids));
  need(scored <= MAX_SCORE_DIFFERENCE, `the losses of scoring differ by ${scored} from those of decoding`);
  return `${fused.dispatches} dispatches, relative L2 ${toPlain.toExponential(1)} to the plain graph, ${toExact.toExponential(1)} to exact, likelihood ${(100 * change).toFixed(2)} %, scores ${scored.toExponential(1)}`;
}

// The model was trained with a scale per token, so prompts are computed as in exact arithmetic: by the same kernels.
function needExactPrompt(block: Run, exact: Run): void {
  const { prefillKernels: kernels, prefilled } = block;
  const byToken = kernels.has('matmul-ternary') && !kernels.has('matmul-int8');
  need(byToken, `a prompt is multiplied by ${[...kernels]}`);
  const different = prefilled.filter((value, index) => value !== exact.prefilled[index]).length;
  need(different === 0, `${different} logits after a prompt are not those of exact arithmetic`);
}

/**
 * The same with keys and values that lose precision: fused against the plain graph with the same cache.
 * @returns figures for the report. @throws Error that says which bound is broken
 */
export async function checkFusedCache(
  source: ByteSource,
  ids: readonly number[],
  kvCache: KvKind,
): Promise<string> {
  const plain = await run(source, ids, { arithmetic: 'block', fusedDecode: 'never', kvCache });
  const fused = await run(source, ids, { arithmetic: 'block', fusedDecode: 'always', kvCache });
  const toPlain = relativeL2(fused.logits, plain.logits);
  const change = Math.abs(mean(losses(fused, ids)) / mean(losses(plain, ids)) - 1);
  need(toPlain <= MAX_DIFFERENCE_PLAIN, `logits differ by ${toPlain} from the plain graph`);
  need(change <= MAX_NLL_CHANGE, `the negative log-likelihood changes by ${change}`);
  return `${fused.dispatches} dispatches, relative L2 ${toPlain.toExponential(1)} to the plain graph, likelihood ${(100 * change).toFixed(2)} %`;
}

function need(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

async function run(
  source: ByteSource,
  ids: readonly number[],
  options: {
    readonly arithmetic: 'exact' | 'block';
    readonly fusedDecode?: 'always' | 'never';
    readonly kvCache?: KvKind;
  },
): Promise<Run> {
  const gpu = await acquireNodeDevice(TEST_ADAPTER);
  const loaded = await loadModel(source, gpu, { ...options, contextLength: 256 });
  try {
    const sequence = await Sequence.create(loaded);
    const prefilled = await sequence.logits(ids);
    const logits = await sequence.logits(ids, { all: true });
    const isFused = options.fusedDecode === 'always';
    if (isFused) await needRefusal(sequence, ids);
    return {
      logits,
      prefilled,
      prefillKernels: new Set(loaded.graphs.prefill.describe().map(({ op }) => op.name)),
      scores: options.fusedDecode === 'never' ? await score(loaded, ids) : null,
      dispatches: isFused ? countFused(loaded) : null,
      vocabulary: loaded.shape.vocabularySize,
    };
  } finally {
    loaded.dispose();
    gpu.dispose();
  }
}

async function score(loaded: LoadedModel, ids: readonly number[]): Promise<Float32Array> {
  const scorer = await Scorer.create(loaded);
  try {
    return (await scorer.score(ids)).losses;
  } finally {
    scorer.dispose();
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

/** Of every id but the first, in nats. */
function losses({ logits, vocabulary }: Run, ids: readonly number[]): Float32Array {
  return Float32Array.from(ids.slice(1), (id, position) => {
    const row = logits.subarray(position * vocabulary, (position + 1) * vocabulary);
    const largest = row.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
    const total = row.reduce((all, value) => all + Math.exp(value - largest), 0);
    return largest + Math.log(total) - row[id];
  });
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
