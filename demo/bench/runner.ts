// One run: loads the model into an engine of its own, measures it, frees the GPU.
import {
  type BenchmarkOptions,
  type BenchmarkProgress,
  type BenchmarkReport,
  benchmarkContext,
  createEngine,
  type EngineOptions,
  type LoadProgress,
  type ModelSource,
} from 'sterna';

/** What to run. */
export interface BenchRun {
  readonly model: ModelSource;
  readonly load: Pick<EngineOptions, 'arithmetic' | 'backend' | 'kvCache' | 'subgroupMatrix'>;
  readonly options: BenchmarkOptions;
}

/** What a run tells on the way. */
export interface BenchRunCallbacks {
  readonly signal: AbortSignal;
  readonly onLoad: (progress: LoadProgress) => void;
  readonly onProgress: (progress: BenchmarkProgress) => void;
}

/** @throws EngineError as createEngine and Engine.benchmark; the signal's reason. The GPU is free again then. */
export async function runBenchmark(
  { model, load, options }: BenchRun,
  callbacks: BenchRunCallbacks,
): Promise<BenchmarkReport> {
  const { signal } = callbacks;
  // Models with weights have a context of their own choice; what does not fit it is left out and named.
  const isSynthetic = typeof model === 'object' && 'synthetic' in model;
  const contextLength = isSynthetic
    ? benchmarkContext(options.tests ?? [], options.depths ?? [0])
    : undefined;
  const engine = await createEngine({
    ...load,
    model,
    contextLength,
    prefill: 'fast', // as the command line measures it
    signal,
    onProgress: callbacks.onLoad,
  });
  try {
    return await engine.benchmark({ ...options, signal, onProgress: callbacks.onProgress });
  } finally {
    await engine.dispose();
  }
}
