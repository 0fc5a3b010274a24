// The worker boundary: what the page's Engine may ask of the worker. Records only; comlink is in comlink.ts.
import type { BenchmarkOptions, BenchmarkProgress, BenchmarkReport } from '../api/benchmark-types.ts';
import type {
  Arithmetic,
  AutotuneMode,
  Backend,
  ChatMessage,
  GenerateOptions,
  GenerationResult,
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
} from '../api/types.ts';

/** A load request. `baseUrl` resolves relative model URLs. */
export interface LoadRequest {
  readonly model: ModelSource;
  readonly baseUrl: string;
  /** Tokens of context; default: the model's recommendation, bounded by what fits. */
  readonly contextLength?: number;
  /** Default 'f32'. */
  readonly kvCache?: KvCacheKind;
  /** False: do not read or write the local store. Default true. */
  readonly store?: boolean;
  /** Default `auto`. */
  readonly backend?: Backend;
  /** Default: one per core, at most 8. */
  readonly threads?: number;
  readonly powerPreference?: GPUPowerPreference;
  /** Default `exact`. */
  readonly arithmetic?: Arithmetic;
  /** Default `int8`. */
  readonly head?: HeadPrecision;
  /** Default `on`, but `off` on adapters that compute on the CPU. */
  readonly autotune?: AutotuneMode;
  /** Default `friendly`. */
  readonly prefill?: PrefillMode;
  /** Default false. */
  readonly subgroupMatrix?: boolean;
}

/** A generation request: exactly one of `messages` (chat) and `prompt` (raw completion). */
export interface GenerateRequest {
  /** Unique per engine; for `abort`. */
  readonly requestId: number;
  readonly messages?: readonly ChatMessage[];
  readonly prompt?: string;
  readonly options: GenerateOptions;
}

/** A benchmark request. */
export interface BenchmarkRequest {
  /** As in GenerateRequest: one count for both. */
  readonly requestId: number;
  readonly options: BenchmarkOptions;
}

/** A request to score a text. */
export interface PerplexityRequest {
  /** Unique per engine, generations included; for `abort`. */
  readonly requestId: number;
  readonly text: string;
  readonly options: PerplexityOptions;
}

/** A piece of an answer. */
export interface GenerationEvent {
  /** Which answer, from 0, when several were asked for. Absent: the only one. */
  readonly answer?: number;
  /** Text to append; may be empty. */
  readonly delta: string;
  /** Text to append to what the model thinks before it answers; absent when there is none. */
  readonly thinking?: string;
  /** Tokens generated so far, of all answers. */
  readonly generatedTokens: number;
  /** Messages dropped to fit the context (known before the first delta). */
  readonly droppedMessages: number;
}

/** What the worker offers. Implemented by src/worker/engine-host.ts. */
export interface EngineHost {
  /** Loads a model, replacing the one before. Rejects with EngineError. */
  load(request: LoadRequest, onProgress: (progress: LoadProgress) => void): Promise<ModelInfo>;
  /** Aborts a load in progress; the load rejects with an AbortError. */
  abortLoad(): void;
  /** Queues a generation; resolves when it ended. Aborting resolves with finishReason `aborted`. */
  generate(request: GenerateRequest, onEvent: (event: GenerationEvent) => void): Promise<GenerationResult>;
  /** Queues a benchmark of the loaded model behind the generations; rejects with an AbortError when aborted. */
  benchmark(
    request: BenchmarkRequest,
    onProgress: (progress: BenchmarkProgress) => void,
  ): Promise<BenchmarkReport>;
  /** Queues the scoring of a text. Aborting rejects with an AbortError. */
  perplexity(
    request: PerplexityRequest,
    onProgress: (progress: PerplexityProgress) => void,
  ): Promise<PerplexityReport>;
  /** Ends a queued or running generation or scoring within one submit, and a benchmark soon. Unknown ids are ignored. */
  abort(requestId: number): void;
  /** Token count of a text, without BOS. */
  countTokens(text: string): number;
  memory(): MemoryUse;
  /** Frees the GPU. */
  dispose(): Promise<void>;
}
