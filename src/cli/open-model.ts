// Opens a model file for the commands that run it: file, device, weights, tokenizer.
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { SamplingOptions } from '../api/types.ts';
import type { HeadPrecision } from '../architectures/architecture.ts';
import { type LoadedModel, type LoadModelOptions, loadModel } from '../loader/load-model.ts';
import { readRecommendedSampling } from '../loader/recommended-sampling.ts';
import { Sequence } from '../runtime/sequence.ts';
import { type ModelTokenizer, tokenizerFromGguf } from '../tokenizer/index.ts';
import { acquireNodeDevice } from './node-gpu.ts';
import { openShardedFile } from './sharded-file.ts';

/** Options that every command with a model has. */
export interface ModelOptions {
  readonly adapter: string;
  readonly context?: number;
  readonly head?: HeadPrecision;
  readonly kvCache?: LoadModelOptions['kvCache'];
}

/** A model ready to run. dispose() frees the GPU and closes the files. */
export interface OpenModel extends ModelTokenizer {
  readonly loaded: LoadedModel;
  readonly sequence: Sequence;
  readonly recommendedSampling: SamplingOptions;
  /** Seconds from opening the file to ready. */
  readonly loadSeconds: number;
  dispose(): Promise<void>;
}

/** @throws EngineError as acquireNodeDevice, loadModel and tokenizerFromGguf */
export async function openModel(path: string, options: ModelOptions): Promise<OpenModel> {
  const startMs = performance.now();
  const file = await openShardedFile(modelFile(path));
  const gpu = await acquireNodeDevice(options.adapter);
  const loaded = await loadModel(file.source, gpu, {
    openShard: file.openShard,
    contextLength: options.context,
    headPrecision: options.head,
    kvCache: options.kvCache,
  });
  const text = tokenizerFromGguf(loaded.file);
  const sequence = await Sequence.create(loaded);
  return {
    ...text,
    loaded,
    sequence,
    recommendedSampling: readRecommendedSampling(loaded.file),
    loadSeconds: (performance.now() - startMs) / 1000,
    async dispose() {
      loaded.dispose();
      gpu.dispose();
      await file.close();
    },
  };
}

/** A folder stands for the one GGUF in it that is named after it, as in models/. */
export function modelFile(path: string): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder ? join(path, `${basename(path)}-i2_s.gguf`) : path;
}
