// The engine as the page sees it: a small object in front of a worker. Never touches the GPU, a tensor or a model file.

import { EngineError } from '../errors.ts';
import { connectEngineHost, type HostConnection, type WorkerLike } from '../protocol/connection.ts';
import type { GenerateRequest, GenerationEvent } from '../protocol/host.ts';
import { defaultBaseUrl } from './base-url.ts';
import type { BenchmarkOptions, BenchmarkProgress, BenchmarkReport } from './benchmark-types.ts';
import { callBack } from './callback.ts';
import { type ChatStream, createChatStream } from './chat-stream.ts';
import { createDefaultWorker } from './default-worker.ts';
import type {
  Arithmetic,
  AutotuneMode,
  Backend,
  ChatMessage,
  GenerateOptions,
  HeadPrecision,
  KvCacheKind,
  LoadProgress,
  MemoryUse,
  ModelInfo,
  ModelSource,
  PerplexityOptions,
  PerplexityProgress,
  PerplexityReport,
  PrefillMode,
} from './types.ts';
import {
  badArgument,
  checkLoad,
  checkMessages,
  checkText,
  validateGenerateOptions,
  validatePerplexityOptions,
} from './validate.ts';
import { checkBenchmark } from './validate-benchmark.ts';

/** How to load a model. */
export interface LoadOptions {
  /** Called about ten times a second at most, and once with phase `ready`. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Aborts the load, which then rejects with the signal's reason. What is stored by then is used by the next load. */
  readonly signal?: AbortSignal;
  /** Tokens of context, at least 1. Default: the model's recommendation, bounded by what fits. */
  readonly contextLength?: number;
  /**
   * How keys and values are kept. Fewer bits take less memory, so that longer contexts fit, and less time at long
   * contexts, for a small loss of exactness. Default 'f32'.
   */
  readonly kvCache?: KvCacheKind;
  /** False: neither read nor write the browser's store. Default true. */
  readonly store?: boolean;
  /** What computes. Default `auto`. */
  readonly backend?: Backend;
  /**
   * Threads of the WebAssembly backend at most, from 1. Default: one per core, at most 8. More than one needs a page that is
   * isolated from other origins (docs/embedding.md); elsewhere it is one.
   */
  readonly threads?: number;
  /** Default: the browser's choice. */
  readonly powerPreference?: GPUPowerPreference;
  /** How the linear layers compute. Default `exact`. */
  readonly arithmetic?: Arithmetic;
  /** Precision of embedding and LM head. Default `int8`. */
  readonly head?: HeadPrecision;
  /**
   * Whether kernels are chosen by measuring (docs/autotuning.md). Default `on`, but `off` on adapters that compute on the CPU.
   * With `store: false` nothing is kept beyond the life of the engine.
   */
  readonly autotune?: AutotuneMode;
  /** How prompts share the GPU with the page. Default `friendly`. */
  readonly prefill?: PrefillMode;
  /**
   * Experimental: prefill ternary matrices with the matrix units of the GPU, where the browser offers int8 matrices to
   * pages (Chromium with the flag --enable-unsafe-webgpu on some GPUs); elsewhere it changes nothing. Same results.
   * Default false.
   */
  readonly subgroupMatrix?: boolean;
  /** What relative model URLs are relative to. Default: the document's base URL. */
  readonly baseUrl?: string;
}

/** Options of `createEngine`. */
export interface EngineOptions extends LoadOptions {
  /** What to load: the URL of a manifest (.json) or of a GGUF file, a manifest record, or a File. */
  readonly model: ModelSource;
  /**
   * The worker, or a function that creates it, for applications that bundle or serve it themselves: a module worker
   * whose script imports 'sterna/worker'. The engine owns it and terminates it. Default: the packaged worker.
   */
  readonly worker?: Worker | (() => Worker);
}

/** Options of one answer. */
export interface StreamOptions extends GenerateOptions {
  /** Stops the answer: the loop throws the signal's reason, `result` resolves with finishReason `aborted`. */
  readonly signal?: AbortSignal;
  /**
   * Called for each piece of the answer, and of what the model thinks before it, with the number of tokens so far and
   * the messages that were left out.
   */
  readonly onEvent?: (event: GenerationEvent) => void;
}

/** Options of `Engine.benchmark`. */
export interface RunBenchmarkOptions extends BenchmarkOptions {
  /** Stops the benchmark, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BenchmarkProgress) => void;
}

/** Options of `Engine.perplexity`. */
export interface ScoreOptions extends PerplexityOptions {
  /** Stops the measurement, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after each window. */
  readonly onProgress?: (progress: PerplexityProgress) => void;
}

/** A loaded model. Answers are generated one at a time; further ones wait in a queue. Dispose it to free the GPU. */
export interface Engine extends AsyncDisposable {
  /** The loaded model. Throws EngineError 'not-ready' when none is, after a failed `load` for example. */
  readonly info: ModelInfo;
  /**
   * Answers a chat by the model's chat template. Old turns that do not fit the context are left out.
   * @throws EngineError 'bad-argument', at once; everything else through the stream
   */
  chat(messages: readonly ChatMessage[], options?: StreamOptions): ChatStream;
  /**
   * Continues a raw text, without chat template.
   * @throws EngineError 'bad-argument', at once; everything else through the stream
   */
  generate(prompt: string, options?: StreamOptions): ChatStream;
  /**
   * Measures the loaded model: speed of prefill and generation, ceilings of the device, calls per token, kernels.
   * Waits for running answers; later ones wait for it.
   * @throws EngineError 'bad-argument' for tests that are unknown or do not fit, 'not-ready', 'device-lost',
   *   'worker-crashed'; the signal's reason
   */
  benchmark(options?: RunBenchmarkOptions): Promise<BenchmarkReport>;
  /**
   * Measures how well the model foretells a text: cross-entropy, perplexity, bits per byte. Waits for its turn in the
   * queue, and makes the model forget the conversation in its cache.
   * @throws EngineError 'bad-argument' for a text that does not fill one window and for options out of range, 'not-ready',
   *   'out-of-memory', 'device-lost', 'worker-crashed'; the signal's reason
   */
  perplexity(text: string, options?: ScoreOptions): Promise<PerplexityReport>;
  /**
   * Loads another model in place of the present one.
   * @throws EngineError: 'not-ready' while another load runs, and as `createEngine`; the signal's reason
   */
  load(model: ModelSource, options?: LoadOptions): Promise<ModelInfo>;
  /** Number of tokens of a text, without BOS. @throws EngineError 'bad-argument', 'not-ready', 'worker-crashed' */
  countTokens(text: string): Promise<number>;
  /** GPU memory in use, in bytes. @throws EngineError 'not-ready', 'worker-crashed' */
  memory(): Promise<MemoryUse>;
  /** Frees the GPU and ends the worker; what runs rejects with 'not-ready'. May be called twice. */
  dispose(): Promise<void>;
}

/**
 * Starts an engine in a worker and loads a model.
 *
 * ```ts
 * const engine = await createEngine({ model: 'models/sterna-chat/manifest.json' });
 * for await (const text of engine.chat([{ role: 'user', content: 'Hello!' }])) output.append(text);
 * await engine.dispose();
 * ```
 * @returns the engine, which the caller disposes
 * @throws EngineError with any code of errors.ts but 'context-full'; the signal's reason. Nothing stays behind then.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  if (typeof options !== 'object' || options === null)
    throw badArgument('options', options, 'an object with model');
  checkLoad(options);
  options.signal?.throwIfAborted();
  const connection = connectEngineHost(startWorker(options.worker));
  const engine = new WorkerEngine(connection);
  // The worker is of no use to anybody else, so an abort need not wait for it.
  const onAbort = () => connection.close(new EngineError('not-ready', 'The load was aborted.'));
  options.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await engine.load(options.model, options);
    return engine;
  } catch (error) {
    await engine.dispose();
    throw options.signal?.aborted ? options.signal.reason : error;
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
  }
}

function startWorker(worker: EngineOptions['worker']): WorkerLike {
  try {
    return typeof worker === 'function' ? worker() : (worker ?? createDefaultWorker());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError(
      'worker-crashed',
      `The engine's worker could not be started: ${reason}. ` +
        "A page on another origin than the script must pass its own worker (option 'worker').",
      { cause },
    );
  }
}

class WorkerEngine implements Engine {
  readonly #connection: HostConnection;
  #info: ModelInfo | null = null;
  #loading = false;
  #requests = 0;

  constructor(connection: HostConnection) {
    this.#connection = connection;
  }

  get info(): ModelInfo {
    if (this.#info) return this.#info;
    throw new EngineError('not-ready', 'No model is loaded; call load first.');
  }

  async load(model: ModelSource, options: LoadOptions = {}): Promise<ModelInfo> {
    const { signal, onProgress } = options;
    const checked = checkLoad({ ...options, model });
    signal?.throwIfAborted();
    if (this.#loading) {
      throw new EngineError(
        'not-ready',
        'Another load is running. Wait for it, or abort it with its signal.',
      );
    }
    this.#loading = true;
    this.#info = null;
    const onAbort = () => this.#connection.abortLoad();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      const request = { ...checked, baseUrl: options.baseUrl ?? defaultBaseUrl() };
      this.#info = await this.#connection.load(request, (progress) => callBack(onProgress, progress));
      return this.#info;
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    } finally {
      this.#loading = false;
      signal?.removeEventListener('abort', onAbort);
    }
  }

  chat(messages: readonly ChatMessage[], options: StreamOptions = {}): ChatStream {
    return this.#stream({ messages: checkMessages(messages) }, options);
  }

  generate(prompt: string, options: StreamOptions = {}): ChatStream {
    return this.#stream({ prompt: checkText('prompt', prompt) }, options);
  }

  async benchmark(options: RunBenchmarkOptions = {}): Promise<BenchmarkReport> {
    const checked = checkBenchmark(options);
    const { signal, onProgress } = options;
    signal?.throwIfAborted();
    const requestId = ++this.#requests;
    const onAbort = () => this.#connection.abort(requestId);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await this.#connection.benchmark({ requestId, options: checked }, (progress) =>
        callBack(onProgress, progress),
      );
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async countTokens(text: string): Promise<number> {
    return await this.#connection.countTokens(checkText('text', text));
  }

  async perplexity(text: string, options: ScoreOptions = {}): Promise<PerplexityReport> {
    const { signal, onProgress } = options;
    const checked = validatePerplexityOptions(options);
    const request = { requestId: ++this.#requests, text: checkText('text', text), options: checked };
    signal?.throwIfAborted();
    const running = this.#connection.perplexity(request, (progress) => callBack(onProgress, progress));
    const onAbort = () => this.#connection.abort(request.requestId);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await running;
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  memory(): Promise<MemoryUse> {
    return this.#connection.memory();
  }

  async dispose(): Promise<void> {
    this.#info = null;
    await this.#connection.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #stream(input: Pick<GenerateRequest, 'messages' | 'prompt'>, options: StreamOptions): ChatStream {
    const checked = validateGenerateOptions(options);
    const requestId = ++this.#requests;
    return createChatStream({
      start: (onEvent) => this.#connection.generate({ requestId, ...input, options: checked }, onEvent),
      abort: () => this.#connection.abort(requestId),
      signal: options.signal,
      onEvent: options.onEvent,
    });
  }
}
