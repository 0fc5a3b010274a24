// A prompt gives the same logits in chunks of any size, cut into submits of any length, and after an abort in its middle.
import type { GpuContext } from '../../src/gpu/device.ts';
import { readBuffer } from '../../src/gpu/readback.ts';
import { type LoadedModel, loadModel } from '../../src/loader/load-model.ts';
import { resolveSampling } from '../../src/runtime/sampling.ts';
import { Sequence } from '../../src/runtime/sequence.ts';
import { MemorySource } from '../../src/util/byte-source.ts';
import { relativeL2 } from './judge.ts';
import { makeSynthetic, SIZES, type SyntheticModel } from './synthetic-models.ts';

const CONTEXT = 1024;
const PROMPT_TOKENS = 600;
const MODEL: SyntheticModel = {
  name: 'chunks',
  architecture: 'bitnet-b1.58',
  matrices: () => 'ternary-i2_s',
  keys: { context_length: { type: 'u32', value: CONTEXT } },
};
const GREEDY = resolveSampling({ temperature: 0, seed: 1 }, {});
/** Every token has its own sums, in the same order in every chunk; only a driver that fuses differently may differ. */
const MAX_RELATIVE_L2 = 1e-6;

async function lastLogits({ gpu, model, shape }: LoadedModel): Promise<Float32Array> {
  return new Float32Array(await readBuffer(gpu.device, model.ports.logits, shape.vocabularySize * 4));
}

/** The logits that a run leaves behind. With `stopAfterMs`, a run before it is aborted then. */
async function runLogits(
  loaded: LoadedModel,
  ids: readonly number[],
  mode: 'friendly' | 'fast',
  stopAfterMs?: number,
): Promise<Float32Array> {
  const sequence = await Sequence.create(loaded, { prefill: mode });
  if (stopAfterMs !== undefined) {
    const signal = AbortSignal.timeout(stopAfterMs);
    for await (const _ of sequence.run(ids, { settings: GREEDY, maxTokens: 1, signal }))
      throw new Error(`the prompt was complete after ${stopAfterMs} ms; choose a shorter time`);
    if (sequence.cachedIds.length >= ids.length) throw new Error('an aborted prompt counts as cached');
  }
  for await (const _ of sequence.run(ids, { settings: GREEDY, maxTokens: 1 }));
  return await lastLogits(loaded);
}

async function logitsByWay(gpu: GpuContext): Promise<Map<string, Float32Array>> {
  const results = new Map<string, Float32Array>();
  const ids = Array.from({ length: PROMPT_TOKENS }, (_, index) => (index * 97 + 13) % SIZES.vocabulary);
  const bytes = await makeSynthetic(MODEL, 1);
  for (const maxChunkTokens of [64, 128, 512]) {
    const loaded = await loadModel(new MemorySource('chunks.gguf', bytes), gpu, {
      contextLength: CONTEXT,
      maxChunkTokens,
    });
    try {
      const sequence = await Sequence.create(loaded);
      results.set(`chunks of ${maxChunkTokens}`, await sequence.logits(ids));
      if (maxChunkTokens !== 512) continue;
      results.set('fast', await runLogits(loaded, ids, 'fast'));
      results.set('friendly', await runLogits(loaded, ids, 'friendly'));
      results.set('friendly after an abort', await runLogits(loaded, ids, 'friendly', 1));
    } finally {
      loaded.dispose();
    }
  }
  return results;
}

/** @returns what was compared. @throws Error when logits differ */
export async function checkPrefillChunks(gpu: GpuContext): Promise<string> {
  const [[, first], ...others] = await logitsByWay(gpu);
  const sound = first.every(Number.isFinite) && first.some((value) => value !== 0);
  if (!sound) throw new Error('the logits are not finite, or all zero');
  const differences = others.map(([name, logits]) => ({ name, error: relativeL2(logits, first) }));
  const worst = differences.find(({ error }) => !(error <= MAX_RELATIVE_L2));
  if (worst) throw new Error(`${worst.name} changes the logits by ${worst.error}`);
  return differences.map(({ name, error }) => `${name}: ${error.toExponential(1)}`).join(', ');
}
