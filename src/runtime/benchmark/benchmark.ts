// Benchmarks a loaded model: tests like those of llama-bench, the ceilings of the device, what a token costs the host,
// and every kernel of a decode step. The same for the page (in the worker) and for the command line.

import { packState } from '../../../shaders/common/state.ts';
import {
  BENCHMARK_VERSION,
  type BenchmarkModel,
  type BenchmarkOptions,
  type BenchmarkProgress,
  type BenchmarkReport,
  type BenchmarkTest,
  type DeviceCeilings,
  type KernelTime,
  type TextSpeed,
  type TokenCounts,
  type TokenTime,
} from '../../api/benchmark-types.ts';
import type { AutotuneReport } from '../../api/types.ts';
import { submittedWorkDone } from '../../gpu/readback.ts';
import type { LoadedModel } from '../../loader/load-model.ts';
import { BUILD_COMMIT } from '../../util/build-commit.ts';
import { MAX_READ_BATCH } from '../read-batch.ts';
import type { Sequence } from '../sequence.ts';
import { measureCeilings } from './ceilings.ts';
import { describeDevice } from './describe-device.ts';
import { groupKernels, KernelTimer } from './kernel-times.ts';
import { runTest, type TestRun, warmUpDecode } from './run-test.ts';
import { median } from './statistics.ts';
import { encodeGraphs, submitGraphs, WARM_UP_MS } from './submit.ts';
import { DEFAULT_TESTS, describeTest, planTests } from './test-plan.ts';
import { countTokenCalls } from './token-counts.ts';

/** What is measured, and what is told on the way. */
export interface BenchmarkSubject {
  readonly loaded: LoadedModel;
  /** Of `loaded`; its cache is overwritten. */
  readonly sequence: Sequence;
  readonly id: string;
  readonly name: string;
  readonly synthetic: boolean;
  /** How the kernels of `loaded` were chosen. */
  readonly tuning: AutotuneReport;
  /** The browser's user agent, or the like. */
  readonly runtime: string;
  /** Measures how fast text is written with `sequence`. Absent: the model has no tokenizer. */
  readonly measureText?: (signal?: AbortSignal) => Promise<TextSpeed>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BenchmarkProgress) => void;
}

/** Seconds that the counted generation may take, about. */
const COUNT_SECONDS = 4;
/** Tokens per second where no test generated any: makes the count long enough for two of the largest read-backs. */
const UNKNOWN_RATE = MAX_READ_BATCH;
const COUNT_TOKENS = { least: 16, most: 96 };
const CPU_STEPS = 16;

/** @throws EngineError 'bad-argument' for tests that are unknown or do not fit; the signal's reason */
export async function benchmark(
  subject: BenchmarkSubject,
  options: BenchmarkOptions,
): Promise<BenchmarkReport> {
  const { loaded, sequence, signal, onProgress } = subject;
  const { tests: plan, skipped } = planTests(
    options.tests ?? DEFAULT_TESTS,
    options.depths ?? [0],
    loaded.contextLength,
  );
  const groups =
    options.kernels === false ? [] : groupKernels(loaded, sequence.greedyStep(), firstDepth(plan));
  const total = (subject.measureText ? 4 : 3) + plan.length + groups.length;
  let done = 0;
  const begin = (stage: BenchmarkProgress['stage'], label: string) => {
    signal?.throwIfAborted();
    onProgress?.({ stage, label, done: done++, total });
  };
  const run: TestRun = {
    sequence,
    vocabularySize: loaded.shape.vocabularySize,
    repeats: options.repeats ?? 5,
    maxMs: (options.maxSecondsPerTest ?? 20) * 1000,
    signal,
  };
  try {
    begin('device', 'copy bandwidth, dispatch and read-back');
    const ceilings = await measureCeilings(loaded.gpu, signal);
    begin('warm-up', 'warm-up');
    await warmUpDecode(run, WARM_UP_MS);
    const tests: BenchmarkTest[] = [];
    for (const test of plan) {
      begin('test', describeTest(test));
      tests.push({ ...test, tokensPerSecond: await runTest(test, run) });
    }
    if (subject.measureText) begin('test', 'text in bytes');
    const textSpeed = (await subject.measureText?.(signal)) ?? null;
    begin('count', 'calls per token');
    const counts = await countCalls(subject, tests);
    const tokenTime = await splitTokenTime(subject, tests, ceilings, counts);
    const kernels: KernelTime[] = [];
    const timer = groups.length > 0 ? await KernelTimer.create(loaded) : null;
    for (const group of groups) {
      begin('kernels', group.kernel);
      placeState(loaded, firstDepth(plan));
      if (timer) kernels.push(await timer.measure(group, firstDepth(plan), signal));
    }
    timer?.dispose();
    onProgress?.({ stage: 'done', label: 'done', done: total, total });
    return {
      format: 'sterna-benchmark',
      version: BENCHMARK_VERSION,
      date: new Date().toISOString(),
      commit: BUILD_COMMIT,
      runtime: subject.runtime,
      device: describeDevice(loaded.gpu),
      model: describeModel(subject),
      ceilings,
      tests,
      tuning: subject.tuning,
      textSpeed,
      skipped,
      counts,
      tokenTime,
      kernelMethod: timer?.method ?? null,
      kernels,
    };
  } finally {
    sequence.reset();
  }
}

function firstDepth(plan: readonly Pick<BenchmarkTest, 'kind' | 'depth'>[]): number {
  return plan.find(({ kind }) => kind === 'decode')?.depth ?? 0;
}

/** Kernels that read the position of the sequence find it there. */
function placeState({ gpu, model }: LoadedModel, position: number): void {
  gpu.device.queue.writeBuffer(model.ports.state, 0, packState({ position }));
}

async function countCalls(subject: BenchmarkSubject, tests: readonly BenchmarkTest[]): Promise<TokenCounts> {
  const rate = tests.find(({ kind }) => kind === 'decode')?.tokensPerSecond.median ?? UNKNOWN_RATE;
  const tokens = Math.min(COUNT_TOKENS.most, Math.max(COUNT_TOKENS.least, Math.round(rate * COUNT_SECONDS)));
  return countTokenCalls(subject.loaded, subject.sequence, { tokens, signal: subject.signal });
}

async function splitTokenTime(
  { loaded, sequence }: BenchmarkSubject,
  tests: readonly BenchmarkTest[],
  ceilings: DeviceCeilings,
  counts: TokenCounts,
): Promise<TokenTime | null> {
  const decode = tests.find(({ kind }) => kind === 'decode');
  if (decode === undefined) return null;
  const position = decode.depth + Math.floor(decode.tokens / 2);
  const bytesPerToken = loaded.model.bytesPerToken(position);
  return {
    total: 1 / decode.tokensPerSecond.median,
    memory: bytesPerToken / ceilings.copyBytesPerSecond,
    dispatch: counts.dispatches * ceilings.dispatchSeconds,
    readBack: counts.readBacks * ceilings.readBackSeconds,
    cpu: await measureCpu(loaded, sequence, decode.depth),
    bytesPerToken,
  };
}

/** JavaScript seconds of encoding and submitting one step, while the device is not waited for; WebAssembly computes in submit, so there only encoding. */
async function measureCpu(loaded: LoadedModel, sequence: Sequence, position: number): Promise<number> {
  const step = sequence.greedyStep();
  const { device, features } = loaded.gpu;
  const work = features.has('wasm') ? encodeGraphs : submitGraphs;
  const steps = loaded.gpu.adapter.isFallback ? CPU_STEPS / 4 : CPU_STEPS;
  const seconds: number[] = [];
  for (let repeat = 0; repeat < 3; repeat++) {
    placeState(loaded, position);
    const startMs = performance.now();
    for (let index = 0; index < steps; index++) work(device, step, position + index);
    seconds.push((performance.now() - startMs) / 1000 / steps);
    await submittedWorkDone(device);
  }
  return median(seconds);
}

function describeModel({ loaded, id, name, synthetic }: BenchmarkSubject): BenchmarkModel {
  const { weightsBytes, kvCacheBytes } = loaded.pool.memory();
  return {
    id,
    name,
    synthetic,
    architecture: loaded.architecture,
    parameters: loaded.parameters,
    layers: loaded.shape.layers,
    contextLength: loaded.contextLength,
    activations: loaded.activations,
    weightsBytes,
    kvCacheBytes,
  };
}
