// What a token costs the host, counted on the real device: dispatches and read-backs within the budget of the mode, and
// nothing created or written in steady state.
import type { TokenCounts } from '../../src/api/benchmark-types.ts';
import type { SamplingOptions } from '../../src/api/types.ts';
import { acquireNodeDevice } from '../../src/cli/node-gpu.ts';
import { openModel } from '../../src/cli/open-model.ts';
import { loadSyntheticModel } from '../../src/loader/synthetic-model.ts';
import { countTokenCalls } from '../../src/runtime/benchmark/token-counts.ts';
import { resolveSampling } from '../../src/runtime/sampling.ts';
import { type RunOptions, Sequence } from '../../src/runtime/sequence.ts';
import { TEST_ADAPTER } from './test-adapter.ts';

/** Tokens counted: several batches of ids. */
const TOKENS = 24;
/** The batch of fast tokens, whatever the speed of the machine that tests. */
const readBatch = () => 4;

/** Counts a generation of a model file. */
export async function countModelFile(model: string, sampling: SamplingOptions): Promise<TokenCounts> {
  const open = await openModel(model, { adapter: TEST_ADAPTER });
  try {
    return await countTokenCalls(open.loaded, open.sequence, {
      tokens: TOKENS,
      readBatch,
      sampling,
    });
  } finally {
    await open.dispose();
  }
}

/** Greedy ids of a generation, for each of the ways to read them. */
export async function readIds(model: string, ways: readonly RunOptions['readBatch'][]): Promise<number[][]> {
  const open = await openModel(model, { adapter: TEST_ADAPTER });
  const settings = resolveSampling({ temperature: 0, seed: 1 }, {});
  const results: number[][] = [];
  try {
    for (const way of ways) {
      const ids: number[] = [];
      for await (const id of open.sequence.run([300, 301, 302], {
        settings,
        maxTokens: 75,
        readBatch: way,
      })) {
        ids.push(id);
      }
      results.push(ids);
    }
    return results;
  } finally {
    await open.dispose();
  }
}

/** Counts a generation of a synthetic model with few layers, and looks whether its random weights give sane logits. */
export async function countSynthetic(
  id: string,
  layers: number,
): Promise<TokenCounts & { readonly logitSpread: number }> {
  const gpu = await acquireNodeDevice(TEST_ADAPTER);
  try {
    const loaded = await loadSyntheticModel(id, gpu, { layers, contextLength: 64 });
    const sequence = await Sequence.create(loaded);
    const logits = await sequence.logits([1, 2, 3]);
    const counts = await countTokenCalls(loaded, sequence, { tokens: TOKENS, readBatch });
    loaded.dispose();
    return { ...counts, logitSpread: spreadOf(logits) };
  } finally {
    gpu.dispose();
  }
}

/** What of the counts lies beyond the budget, in words. Empty when all is well. */
export function findExcess(counts: TokenCounts): string[] {
  const { budget } = counts;
  const bounds: [name: string, counted: number, bound: number][] = [
    ['dispatches per layer', counts.dispatchesPerLayer, budget.dispatchesPerLayer],
    ['dispatches beside the layers', counts.dispatchesBesideLayers, budget.dispatchesBesideLayers],
    ['submits per token', counts.submits, budget.submits],
    ['read-backs per token', counts.readBacks, budget.readBacks],
    ['objects created', counts.created, 0],
    ['buffers written', counts.written, 0],
  ];
  return bounds
    .filter(([, counted, bound]) => counted > bound + 1e-9)
    .map(([name, counted, bound]) => `${counted} ${name}; at most ${bound}`);
}

/** Root mean square; NaN when a logit is not finite. */
function spreadOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
