// The engine behind the worker boundary: loads a model, queues generations, answers the protocol.
import type { BenchmarkProgress, BenchmarkReport } from '../api/benchmark-types.ts';
import type {
  GenerationResult,
  LoadPhase,
  LoadProgress,
  MemoryUse,
  ModelInfo,
  ModelSource,
  PerplexityProgress,
  PerplexityReport,
  SyntheticModel,
} from '../api/types.ts';
import { EngineError } from '../errors.ts';
import { acquireDevice, type GpuContext } from '../gpu/device.ts';
import type {
  BenchmarkRequest,
  EngineHost,
  GenerateRequest,
  GenerationEvent,
  LoadRequest,
  PerplexityRequest,
} from '../protocol/host.ts';
import { measureDecodeSpeed, SPEED_PROMPT } from '../quality/decode-speed.ts';
import { MemoryTuningStore } from '../runtime/autotune/record.ts';
import { benchmark } from '../runtime/benchmark/benchmark.ts';
import { IdbChunkStore } from '../store/idb-chunk-store.ts';
import { IdbTuningStore } from '../store/idb-tuning-store.ts';
import { createProgressMeter, type ProgressMeter } from '../store/progress.ts';
import { acquireBackend } from '../wasm/choose-backend.ts';
import { type ActiveModel, createActiveModel, type TextModel } from './active-model.ts';
import { DeltaBatcher } from './delta-batcher.ts';
import { ModelShards } from './model-shards.ts';
import { createSyntheticActiveModel } from './synthetic-active-model.ts';
import { pageThreads } from './wasm-threads.ts';

/** Errors after which the stored bytes are worthless: another visit would fail in the same way. */
const WORTHLESS = new Set(['bad-file', 'unsupported-model', 'integrity']);

/** Who is told of a load. */
interface LoadWatch {
  readonly meter: ProgressMeter;
  readonly signal: AbortSignal;
  readonly onStorageWarning: (error: EngineError) => void;
}

/** Implements the protocol. One instance per worker. */
export class WorkerEngineHost implements EngineHost {
  readonly #store = new IdbChunkStore();
  readonly #tuningStores = { kept: new IdbTuningStore(), passing: new MemoryTuningStore() };
  readonly #requests = new Map<number, AbortController>();
  #gpu: GpuContext | null = null;
  /** What #gpu was asked for. */
  #gpuKind = '';
  #active: ActiveModel | null = null;
  #loading: AbortController | null = null;
  #lost: EngineError | null = null;

  async load(request: LoadRequest, onProgress: (progress: LoadProgress) => void): Promise<ModelInfo> {
    this.abortLoad();
    const controller = new AbortController();
    this.#loading = controller;
    await this.#unload();
    const meter = createProgressMeter({ report: onProgress });
    let storageProblem: string | undefined;
    const onStorageWarning = ({ message }: EngineError) => {
      storageProblem ??= message;
    };
    try {
      const { signal } = controller;
      const active = await this.#open(request, { meter, signal, onStorageWarning });
      controller.signal.throwIfAborted();
      this.#active = active;
      meter.phase('ready');
      return storageProblem === undefined ? active.info : { ...active.info, storageProblem };
    } catch (error) {
      throw this.#lost ?? error;
    } finally {
      if (this.#loading === controller) this.#loading = null;
    }
  }

  async #open(request: LoadRequest, { meter, signal, onStorageWarning }: LoadWatch): Promise<ActiveModel> {
    const { model, contextLength, kvCache, arithmetic, head, prefill } = request;
    const tuningOn = ({ adapter }: GpuContext) => ({
      mode: request.autotune ?? (adapter.isFallback ? 'off' : 'on'),
      store: request.store === false ? this.#tuningStores.passing : this.#tuningStores.kept,
    });
    const onPhase = (phase: LoadPhase) => meter.phase(phase);
    if (isSynthetic(model)) {
      const onBytes = (loadedBytes: number, totalBytes: number) => {
        meter.setTotal(totalBytes);
        meter.bytes({ loadedBytes, cachedBytes: loadedBytes });
      };
      const gpu = await this.#device(request);
      const autotune = tuningOn(gpu);
      const settings = { contextLength, kvCache, arithmetic, head, prefill };
      const options = { ...settings, autotune, signal, onPhase, onBytes };
      return createSyntheticActiveModel(model, gpu, options);
    }
    const store = request.store === false ? null : this.#store;
    const shards = new ModelShards(
      { baseUrl: request.baseUrl, store, signal, onStorageWarning },
      ({ count, totalBytes }) => {
        meter.setTotal(totalBytes);
        meter.bytes(count);
      },
    );
    try {
      const resolved = await shards.open(model);
      const gpu = await this.#device(request);
      const openShard = shards.openShard(model);
      return await createActiveModel(resolved, gpu, {
        contextLength,
        kvCache,
        arithmetic,
        head,
        autotune: tuningOn(gpu),
        prefill,
        openShard,
        signal,
        onPhase,
      });
    } catch (error) {
      const worthless = error instanceof EngineError && WORTHLESS.has(error.code);
      if (worthless && store) for (const key of shards.keys) await store.deleteModel(key).catch(() => {});
      throw error;
    } finally {
      shards.dispose();
    }
  }

  abortLoad(): void {
    this.#loading?.abort(new DOMException('The load was aborted.', 'AbortError'));
  }

  async generate(
    request: GenerateRequest,
    onEvent: (event: GenerationEvent) => void,
  ): Promise<GenerationResult> {
    const active = this.#requireActive();
    if (request.messages && !active.info.hasChatTemplate) {
      throw new EngineError(
        'unsupported-model',
        `${active.info.name} has no chat template, so it cannot chat. Use generate() with a plain prompt.`,
      );
    }
    const controller = new AbortController();
    this.#requests.set(request.requestId, controller);
    const batchers = Array.from({ length: request.options.n ?? 1 }, () => new DeltaBatcher(onEvent));
    try {
      const result = await Promise.race([
        requireText(active).scheduler.generate({
          messages: request.messages,
          prompt: request.prompt,
          options: request.options,
          signal: controller.signal,
          onDelta: (delta, progress) => batchers[progress.answer ?? 0].add(delta, progress),
        }),
        active.failed,
      ]);
      for (const batcher of batchers) batcher.flush();
      return result;
    } finally {
      for (const batcher of batchers) batcher.close();
      this.#requests.delete(request.requestId);
    }
  }

  async benchmark(
    request: BenchmarkRequest,
    onProgress: (progress: BenchmarkProgress) => void,
  ): Promise<BenchmarkReport> {
    const active = this.#requireActive();
    const controller = new AbortController();
    this.#requests.set(request.requestId, controller);
    const { loaded, sequence, info, text } = active;
    const { signal } = controller;
    const subject = {
      loaded,
      sequence,
      id: info.id,
      name: info.name,
      synthetic: text === null,
      tuning: info.tuning,
      ...(text !== null && {
        measureText: (stop?: AbortSignal) =>
          measureDecodeSpeed({ loaded, sequence, tokenizer: text.tokenizer }, SPEED_PROMPT, {
            signal: stop,
            tokens: 32,
          }),
      }),
      signal,
      onProgress,
    };
    try {
      return await Promise.race([
        active.exclusive(() => benchmark({ ...subject, runtime: navigator.userAgent }, request.options)),
        active.failed,
      ]);
    } finally {
      this.#requests.delete(request.requestId);
    }
  }

  async perplexity(
    { requestId, text, options }: PerplexityRequest,
    onProgress: (progress: PerplexityProgress) => void,
  ): Promise<PerplexityReport> {
    const active = this.#requireActive();
    const controller = new AbortController();
    this.#requests.set(requestId, controller);
    try {
      const { signal } = controller;
      return await Promise.race([
        requireText(active).perplexity({ text, options, signal, onProgress }),
        active.failed,
      ]);
    } finally {
      this.#requests.delete(requestId);
    }
  }

  abort(requestId: number): void {
    this.#requests.get(requestId)?.abort();
  }

  countTokens(text: string): number {
    return requireText(this.#requireActive()).tokenizer.encode(text).length;
  }

  memory(): MemoryUse {
    return this.#requireActive().memory();
  }

  async dispose(): Promise<void> {
    this.abortLoad();
    await this.#unload();
    this.#gpu?.dispose();
    this.#gpu = null;
  }

  async #unload(): Promise<void> {
    for (const controller of this.#requests.values()) controller.abort();
    const active = this.#active;
    this.#active = null;
    await active?.dispose();
  }

  #requireActive(): ActiveModel {
    if (this.#lost) throw this.#lost;
    if (this.#active) return this.#active;
    throw new EngineError('not-ready', 'No model is loaded; one is needed. Call load() and wait for it.');
  }

  // One device for all loads that want the same backend and experimental features.
  async #device({
    backend = 'auto',
    threads,
    powerPreference,
    subgroupMatrix = false,
  }: LoadRequest): Promise<GpuContext> {
    const kind = `${backend} ${threads} ${subgroupMatrix}`;
    if (this.#gpu && this.#gpuKind === kind) return this.#gpu;
    this.#gpu?.dispose();
    this.#gpu = null; // should the next line throw, no load may find the old one
    const acquireGpu = () => acquireDevice(navigator.gpu, { powerPreference, subgroupMatrix });
    const gpu = await acquireBackend(backend, acquireGpu, { threads: pageThreads(threads) });
    this.#gpu = gpu;
    this.#gpuKind = kind;
    this.#lost = null;
    void gpu.lost.then((error) => {
      // The next load acquires a new device; until then every call reports the loss.
      this.#lost = error;
      this.#gpu = null;
      this.#active?.fail(error);
      this.#active = null;
      this.#loading?.abort(error);
    });
    return gpu;
  }
}

function isSynthetic(model: ModelSource): model is SyntheticModel {
  return typeof model === 'object' && 'synthetic' in model;
}

function requireText({ text, info }: ActiveModel): TextModel {
  if (text !== null) return text;
  throw new EngineError(
    'unsupported-model',
    `${info.name} has random weights and no vocabulary, so it cannot read or write text. Load another model, or call benchmark().`,
  );
}
