// Opens a model file for the commands that run it: file, device, weights, tokenizer.
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Arithmetic, AutotuneMode, AutotuneReport, PrefillMode, SamplingOptions } from '../api/types.ts';
import type { HeadPrecision } from '../architectures/architecture.ts';
import type { GpuContext } from '../gpu/device.ts';
import { type LoadedModel, type LoadModelOptions, loadModel } from '../loader/load-model.ts';
import { readRecommendedSampling } from '../loader/recommended-sampling.ts';
import { autotune } from '../runtime/autotune/autotune.ts';
import { MemoryTuningStore } from '../runtime/autotune/record.ts';
import { Sequence } from '../runtime/sequence.ts';
import { type ModelTokenizer, tokenizerFromGguf } from '../tokenizer/index.ts';
import { acquireNodeDevice } from './node-gpu.ts';
import { openShardedFile } from './sharded-file.ts';
import { FileTuningStore } from './tuning-file.ts';

/** Options that every command with a model has. */
export interface ModelOptions {
  readonly adapter: string;
  readonly context?: number;
  readonly head?: HeadPrecision;
  readonly kvCache?: LoadModelOptions['kvCache'];
  readonly arithmetic?: Arithmetic;
  /** Default: off, or on with autotuneCache. */
  readonly autotune?: AutotuneMode;
  /** JSON file that keeps what was measured. */
  readonly autotuneCache?: string;
  /** Default `fast`. */
  readonly prefill?: PrefillMode;
  /** Of the WebAssembly backend. Default: one per core, at most 8. */
  readonly threads?: number;
  /** Default false, as AcquireOptions says. */
  readonly subgroupMatrix?: boolean;
}

/** A model ready to run. dispose() frees the GPU and closes the files. */
export interface OpenModel extends ModelTokenizer {
  readonly loaded: LoadedModel;
  readonly sequence: Sequence;
  readonly tuning: AutotuneReport;
  /** Size of the file, or of all files of a split model. */
  readonly fileBytes: number;
  readonly recommendedSampling: SamplingOptions;
  /** Seconds from opening the file to ready. */
  readonly loadSeconds: number;
  dispose(): Promise<void>;
}

/**
 * @param shared a device to load on, which the caller disposes. Default: one of its own
 * @throws EngineError as acquireNodeDevice, loadModel and tokenizerFromGguf
 */
export async function openModel(
  path: string,
  options: ModelOptions,
  shared?: GpuContext,
): Promise<OpenModel> {
  const startMs = performance.now();
  const file = await openShardedFile(modelFile(path));
  const gpu = shared ?? (await acquireNodeDevice(options.adapter, options));
  const loaded = await loadModel(file.source, gpu, {
    openShard: file.openShard,
    contextLength: options.context,
    headPrecision: options.head,
    kvCache: options.kvCache,
    arithmetic: options.arithmetic,
  });
  const text = tokenizerFromGguf(loaded.file);
  const sequence = await Sequence.create(loaded, { prefill: options.prefill });
  const tuning = await tuneModel(loaded, options);
  return {
    ...text,
    loaded,
    sequence,
    tuning,
    fileBytes: file.sizeBytes(),
    recommendedSampling: readRecommendedSampling(loaded.file),
    loadSeconds: (performance.now() - startMs) / 1000,
    async dispose() {
      loaded.dispose();
      if (gpu !== shared) gpu.dispose();
      await file.close();
    },
  };
}

/** Runs the autotuner as the options say. @throws EngineError 'bad-file' for a file that holds something else */
export function tuneModel(
  loaded: LoadedModel,
  { autotune: mode, autotuneCache: file }: Pick<ModelOptions, 'autotune' | 'autotuneCache'>,
): Promise<AutotuneReport> {
  const store = file === undefined ? new MemoryTuningStore() : new FileTuningStore(file);
  return autotune(loaded, { mode: mode ?? (file === undefined ? 'off' : 'on'), store });
}

/** A folder stands for the one GGUF in it that is named after it, as in models/. */
export function modelFile(path: string): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder ? join(path, `${basename(path)}-i2_s.gguf`) : path;
}
