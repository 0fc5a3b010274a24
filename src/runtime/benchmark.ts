// Benchmarks a loaded model: prefill and decode speed, time to first token, and how near the device's ceiling it is.
import type { AdapterSummary } from '../api/types.ts';
import type { LoadedModel } from '../loader/load-model.ts';
import { type DeviceCeilings, measureCeilings } from './bandwidth.ts';
import { resolveSampling } from './sampling.ts';
import type { Sequence } from './sequence.ts';
import { type Summary, summarize } from './statistics.ts';

/** What to run. */
export interface BenchmarkOptions {
  /** Prompt tokens of the prefill test. Default 128. */
  readonly promptTokens?: number;
  /** Tokens of the decode test. Default 64. */
  readonly generateTokens?: number;
  /** Measured repeats after one warm-up. Default 5. */
  readonly repeats?: number;
}

/** Result of benchmarkModel. */
export interface BenchmarkReport {
  readonly adapter: AdapterSummary;
  readonly architecture: string;
  readonly parameters: number;
  readonly contextLength: number;
  readonly promptTokens: number;
  readonly generateTokens: number;
  readonly prefillTokensPerSecond: Summary;
  readonly decodeTokensPerSecond: Summary;
  readonly timeToFirstTokenMs: Summary;
  /** Weights and cache that one decode step reads, at the middle of the decode test. */
  readonly bytesPerToken: number;
  readonly dispatchesPerToken: number;
  readonly ceilings: DeviceCeilings;
  /** Bytes per second of decode as a share of the copy bandwidth. */
  readonly shareOfCopyBandwidth: number;
  /** Time of the dispatches alone as a share of the time per token. */
  readonly shareOfDispatchCost: number;
  /** Kernel and variant of each dispatch of a decode step, with counts. */
  readonly kernels: Readonly<Record<string, number>>;
}

/** Half a second of decoding before anything is timed: clocks rise, pipelines are warm. */
const WARM_UP_TOKENS = 16;

/** Runs the benchmark. The sequence's cache is overwritten. */
export async function benchmarkModel(
  model: LoadedModel,
  sequence: Sequence,
  options: BenchmarkOptions = {},
): Promise<BenchmarkReport> {
  const generateTokens = options.generateTokens ?? 64;
  const promptTokens = Math.min(options.promptTokens ?? 128, model.contextLength - generateTokens);
  const repeats = options.repeats ?? 5;
  const ceilings = await measureCeilings(model.gpu);
  await runOnce(model, sequence, promptTokens, WARM_UP_TOKENS);
  const runs = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    runs.push(await runOnce(model, sequence, promptTokens, generateTokens));
  }
  const decode = summarize(runs.map((run) => run.decodeTokensPerSecond));
  const bytesPerToken = model.model.bytesPerToken(promptTokens + Math.floor(generateTokens / 2));
  const steps = [...model.graphs.decode.describe(), ...model.graphs.decodeHead.describe()];
  const kernels: Record<string, number> = {};
  for (const { kernel } of steps) kernels[kernel] = (kernels[kernel] ?? 0) + 1;
  // The greedy tail adds argmax and advance.
  const dispatchesPerToken = steps.length + 2;
  return {
    adapter: model.gpu.adapter,
    architecture: model.architecture,
    parameters: model.parameters,
    contextLength: model.contextLength,
    promptTokens,
    generateTokens,
    prefillTokensPerSecond: summarize(runs.map((run) => (promptTokens * 1000) / run.firstTokenMs)),
    decodeTokensPerSecond: decode,
    timeToFirstTokenMs: summarize(runs.map((run) => run.firstTokenMs)),
    bytesPerToken,
    dispatchesPerToken,
    ceilings,
    shareOfCopyBandwidth: (bytesPerToken * decode.median) / ceilings.copyBytesPerSecond,
    shareOfDispatchCost: dispatchesPerToken * ceilings.dispatchSeconds * decode.median,
    kernels,
  };
}

async function runOnce(model: LoadedModel, sequence: Sequence, promptTokens: number, generateTokens: number) {
  // Any ids do: the time does not depend on them. Spread over the vocabulary to touch different rows.
  const ids = Array.from({ length: promptTokens }, (_, index) => (index * 7919) % model.shape.vocabularySize);
  const settings = resolveSampling({ temperature: 0, seed: 1 }, {});
  sequence.reset();
  const startMs = performance.now();
  let firstTokenMs = 0;
  let tokens = 0;
  for await (const _ of sequence.run(ids, { settings, maxTokens: generateTokens })) {
    if (tokens === 0) firstTokenMs = performance.now() - startMs;
    tokens++;
  }
  const decodeMs = performance.now() - startMs - firstTokenMs;
  return { firstTokenMs, decodeTokensPerSecond: ((tokens - 1) * 1000) / decodeMs };
}
