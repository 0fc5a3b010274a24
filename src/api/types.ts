// The public records: everything that crosses from the engine to an application. Clone-safe, no behaviour.
// Imported by api, protocol and worker; nothing here knows of the GPU, of files or of comlink.

/** Who says a message. */
export type ChatRole = 'system' | 'user' | 'assistant';

/** One turn of a chat. `content` is plain text; special tokens inside it are never interpreted. */
export interface ChatMessage {
  readonly role: ChatRole;
  readonly content: string;
}

/**
 * A model as a small JSON file beside its weights (`models/NAME/manifest.json`).
 * URLs are relative to the manifest.
 */
export interface ModelManifest {
  /** Short stable name, for example `sterna-chat`. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly description?: string;
  /** URL of the GGUF, relative to the manifest or absolute. */
  readonly url: string;
  /** Exact size of the file. Absent when it is not known; the server then tells. */
  readonly sizeBytes?: number;
  /** Lower-case hex SHA-256 of the whole file. */
  readonly sha256?: string;
  /** Chunk size for `chunkSha256` in bytes. */
  readonly chunkBytes?: number;
  /** Lower-case hex SHA-256 of each chunk of `chunkBytes` (the last one shorter). */
  readonly chunkSha256?: readonly string[];
  /** GGUF architecture, for example `bitnet-b1.58`. */
  readonly architecture: string;
  /** SPDX name or a phrase. */
  readonly license: string;
  /** Recommended sampling. */
  readonly sampling?: SamplingOptions;
  /** Recommended context length in tokens. */
  readonly contextLength?: number;
  /** System prompt to start with, when the model has one. */
  readonly systemPrompt?: string;
  /** Web page of the model: its card, licence and limits. */
  readonly homepage?: string;
  /** GPU memory in bytes that it needs at `contextLength` (4096 when absent): estimated from `dimensions`. */
  readonly memoryBytes?: number;
  /** Sizes of the network, to estimate its memory before the file is read. The file itself decides when it is loaded. */
  readonly dimensions?: ModelDimensions;
}

/** Sizes of a network that decide how much memory it takes on the GPU. */
export interface ModelDimensions {
  readonly layers: number;
  readonly hiddenSize: number;
  readonly ffnSize: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabularySize: number;
  /** The head is the embedding. */
  readonly tiedHead: boolean;
  /** Bits per weight of the matrices on the device: 1 binary, 2 ternary, 4, 8, 16, 32. */
  readonly matrixBits: number;
  /** Columns that share a scale; absent: one scale per row. */
  readonly scaleGroup?: number;
  /** Groups have a minimum beside their scale (Q4_K). Default false. */
  readonly minima?: boolean;
  /** Bits per weight of embedding and head on the device, scales apart. Default 8. */
  readonly tableBits?: number;
  /** Columns of embedding and head that share a scale; absent: one scale per row. */
  readonly tableScaleGroup?: number;
  /** Bytes of all weights on the device, where the file's own tensors are known; absent: they follow from the rest. */
  readonly weightsBytes?: number;
  /** Norms before the output and down projections (BitNet). Default false. */
  readonly subNorms?: boolean;
  /** Norms of queries and keys per head (Qwen 3). Default false. */
  readonly headNorms?: boolean;
  /** Some input is rotated at run time. Default false. */
  readonly rotatesInputs?: boolean;
  /** Most outlier channels beside a matrix. Default none. */
  readonly outlierChannels?: number;
}

/** One line of a catalogue of models (`models/index.json`). */
export interface CatalogueEntry {
  readonly id: string;
  readonly name: string;
  /** URL of the manifest, relative to the catalogue. */
  readonly manifest: string;
  /** Absent when not known. */
  readonly sizeBytes?: number;
  /** GPU memory in bytes, as in the manifest. */
  readonly memoryBytes?: number;
  readonly architecture: string;
  readonly license: string;
}

/** A published shape with random weights made on the GPU: to measure speed without a download. It cannot write text. */
export interface SyntheticModel {
  /** An id of `SYNTHETIC_MODELS`. */
  readonly synthetic: string;
  /** Fewer layers than published. Default: as published. */
  readonly layers?: number;
}

/** What to load: a manifest or GGUF URL, a manifest record, a file that the person picked, or a synthetic model. */
export type ModelSource = string | ModelManifest | Blob | SyntheticModel;

/**
 * How the linear layers compute. `exact`: as the model was made for; BitLinears with int8 activations by token, models whose
 * weights alone are quantised with f32 activations. `block`: int8 activations with one scale per 32 columns: faster, with a
 * small error (docs/arithmetic.md); prompts of BitLinears are computed as in `exact`.
 */
export type Arithmetic = 'exact' | 'block';

/**
 * Precision of embedding and LM head on the device. `file`: as stored. `int8`: one scale per row. `int6`: 6 bits, one scale
 * per row. `int4-hadamard`: 4 bits in groups of 64, rotated. An embedding apart from the head is int8 with all but `file`.
 * Codes of at most 4 bits in the file stay as they are in any case.
 */
export type HeadPrecision = 'file' | 'int8' | 'int6' | 'int4-hadamard';

/**
 * Whether kernel variants are chosen by measuring (docs/autotuning.md). `off`: the defaults. `cached`: by what was measured on
 * this device before. `on`: also measures what is missing, for at most two seconds of a load, and stores it.
 */
export type AutotuneMode = 'off' | 'cached' | 'on';

/** The kernel of some dispatches of a decode step, and why it is that one. */
export interface TunedKernel {
  /** What they compute: `ffn gate and up`. */
  readonly role: string;
  /** Operation, layout of the weights and sizes. */
  readonly shape: string;
  /** Dispatches of a step. */
  readonly dispatches: number;
  /** Variant with its override values, `dp4a-subgroup MAX_LANES=8 WG_SIZE=64`. */
  readonly variant: string;
  readonly defaultVariant: string;
  /** `default`: nothing was measured. */
  readonly source: 'default' | 'stored' | 'measured';
  /** How much faster than the default when it was measured, 0.1 for a tenth; 0: the default won. Null: not measured. */
  readonly gain: number | null;
  /** Of one dispatch, when it was measured. */
  readonly seconds: number | null;
  /** Candidates that were measured, of all there are. */
  readonly measured: number;
  readonly candidates: number;
  /** Candidates that were not taken because they are wrong, do not compile or are far slower. */
  readonly rejected: readonly { readonly candidate: string; readonly reason: string }[];
}

/** Outcome of tuning a model. */
export interface AutotuneReport {
  readonly mode: AutotuneMode;
  /** The one that reads most first. */
  readonly kernels: readonly TunedKernel[];
  readonly elapsedMs: number;
  /** Why something stayed at its default although it should not; absent when nothing went wrong. */
  readonly problem?: string;
}

/** Where a load stands. Phases come in this order, though some may be skipped. */
export type LoadPhase = 'connect' | 'header' | 'weights' | 'compile' | 'warm-up' | 'ready';

/** Progress of a load. Emitted at most about ten times a second, and once at the end with phase `ready`. */
export interface LoadProgress {
  readonly phase: LoadPhase;
  /** Bytes of the model file that are read so far, and in all. */
  readonly loadedBytes: number;
  readonly totalBytes: number;
  /** Of `loadedBytes`, how many came from the local store rather than the network. */
  readonly cachedBytes: number;
  /** Moving average over the last seconds, bytes per second; 0 while unknown. */
  readonly bytesPerSecond: number;
  /** Estimated time left in milliseconds; null while unknown. */
  readonly remainingMs: number | null;
}

/** How the next token is chosen. Defaults: the model's recommendation, else greedy with temperature 0. */
export interface SamplingOptions {
  /** 0 means greedy. Range 0 to 5. */
  readonly temperature?: number;
  /** Keep the k most likely tokens; 0 means all (of at most 1024 candidates). Range 0 to 1024. */
  readonly topK?: number;
  /** Keep the smallest set of tokens whose probability reaches this. Range (0, 1]; 1 keeps all. */
  readonly topP?: number;
  /** Drop tokens less likely than this share of the most likely one. Range 0 to 1; 0 keeps all. */
  readonly minP?: number;
  /** Divides positive and multiplies negative logits of tokens already seen. Range 0.5 to 2; 1 is off. */
  readonly repetitionPenalty?: number;
  /** 32-bit seed; the same seed, prompt and settings give the same text on the same device. Default random. */
  readonly seed?: number;
}

/**
 * Guessing the next tokens, to verify several at once. `prompt-lookup`: what followed the last tokens where they occurred
 * before, in the prompt or in the answer; it pays where text repeats (summaries, edits, code), and backs off where it does
 * not. The answer is the same either way.
 */
export type SpeculationMode = 'off' | 'prompt-lookup';

/** Options of one generation. */
export interface GenerateOptions extends SamplingOptions {
  /** Upper bound of new tokens. Default: until the context is full. */
  readonly maxTokens?: number;
  /** Stop strings: generation ends before the first of them; it is not part of the text. */
  readonly stop?: readonly string[];
  /**
   * Let the model think before it answers. Only for models whose `canThink` is true, and only in chats; ignored
   * elsewhere. Default false.
   */
  readonly enableThinking?: boolean;
  /** Default 'off'. */
  readonly speculation?: SpeculationMode;
  /**
   * Answers to the same prompt, which is prefilled once. Answer i is chosen with seed + i, as a request with that seed alone
   * would. They are generated side by side, which takes a KV cache for each. Range 1 to 8. Default 1.
   */
  readonly n?: number;
}

/** What became of the guesses of one generation. */
export interface SpeculationMetrics {
  /** Passes that verified guessed tokens. */
  readonly passes: number;
  readonly draftedTokens: number;
  readonly acceptedTokens: number;
  /** acceptedTokens / draftedTokens; 0 when none was drafted. */
  readonly acceptanceRate: number;
  /** Tokens that such a pass yielded on average, the one after the accepted ones included; 0 without passes. */
  readonly tokensPerPass: number;
  /** Why tokens cannot be guessed with this model on this device; absent when they can. */
  readonly unavailable?: string;
}

/** Why a generation ended. `stop`: end-of-turn token or stop string; `length`: maxTokens; `context`: context full. */
export type FinishReason = 'stop' | 'length' | 'context' | 'aborted';

/** Measured speed of one generation. */
export interface GenerationMetrics {
  /** Tokens of the whole prompt, and how many of them were already in the KV cache. */
  readonly promptTokens: number;
  readonly reusedTokens: number;
  /** Of all answers together; speeds too. */
  readonly generatedTokens: number;
  /** Prefilled tokens (promptTokens - reusedTokens) per second; 0 when nothing was prefilled. */
  readonly prefillTokensPerSecond: number;
  /** Generated tokens per second after the first one; 0 when fewer than two. */
  readonly decodeTokensPerSecond: number;
  /** UTF-8 bytes of text (thinking included) that was generated. */
  readonly generatedBytes: number;
  /** The same speed in UTF-8 bytes of text per second: comparable between vocabularies. */
  readonly decodeBytesPerSecond: number;
  /** From the start of work on the request (not the queue) to the first token. */
  readonly timeToFirstTokenMs: number;
  /** Time spent waiting for earlier requests. */
  readonly queuedMs: number;
  /** Present when speculation was asked for. */
  readonly speculation?: SpeculationMetrics;
}

/** One of the answers of a generation. */
export interface Answer {
  /** The answer, without what the model thought before it. */
  readonly text: string;
  /** What the model thought before the answer of a chat; absent when it did not think. */
  readonly thinking?: string;
  readonly finishReason: FinishReason;
  /** The seed that was used, for repeating. */
  readonly seed: number;
  readonly generatedTokens: number;
}

/** The end of one generation. Text, thinking, finishReason and seed are those of the first answer. */
export interface GenerationResult {
  /** All answers, in the order of their seeds: as many as `n` asked for. */
  readonly answers: readonly Answer[];
  /** The answer, without what the model thought before it. */
  readonly text: string;
  /** What the model thought before the answer of a chat; absent when it did not think. */
  readonly thinking?: string;
  readonly finishReason: FinishReason;
  /** Oldest messages left out so that the chat fits the context (system prompt is kept). 0 for `generate`. */
  readonly droppedMessages: number;
  readonly metrics: GenerationMetrics;
  /** The seed that was used, for repeating. */
  readonly seed: number;
}

/** How a text is cut for `perplexity`. */
export interface PerplexityOptions {
  /** Predictions of one window. Range 1 to the context. Default 512, or the context when that is smaller. */
  readonly windowTokens?: number;
  /**
   * Tokens from one window to the next. Of each window but the first only the last `strideTokens` predictions count; the
   * others are there to give those context. Range 1 to windowTokens. Default windowTokens: no overlap.
   */
  readonly strideTokens?: number;
  /** Stop after this many windows. Default: the whole text. */
  readonly windows?: number;
  /** Begin each window with the begin token. Default: as the model's tokenizer does. */
  readonly beginToken?: boolean;
}

/** Where a measurement of perplexity stands; emitted after each window. */
export interface PerplexityProgress {
  readonly doneWindows: number;
  readonly totalWindows: number;
  /** Mean so far. */
  readonly natsPerToken: number;
}

/** How well a model foretells a text. */
export interface PerplexityReport {
  /** Predictions that count, and the UTF-8 bytes of the text that they cover. */
  readonly tokens: number;
  readonly bytes: number;
  readonly windows: number;
  readonly windowTokens: number;
  readonly strideTokens: number;
  readonly beginToken: boolean;
  /** Cross-entropy: mean of -ln(probability of the token that came). */
  readonly natsPerToken: number;
  /** Standard error of that mean, as if tokens were independent. */
  readonly standardError: number;
  /** exp(natsPerToken). */
  readonly perplexity: number;
  readonly natsPerByte: number;
  readonly bitsPerByte: number;
  /** Share of tokens that the model held for the most likely one. */
  readonly topOneAccuracy: number;
  readonly seconds: number;
  /** Counted tokens and bytes per second of scoring (prefill, not decode). */
  readonly tokensPerSecond: number;
  readonly bytesPerSecond: number;
}

/** GPU memory in bytes, by purpose. */
export interface MemoryUse {
  readonly weightsBytes: number;
  readonly kvCacheBytes: number;
  readonly scratchBytes: number;
}

/**
 * What computes. `webgpu`: WebGPU, also where it computes on the CPU; `wasm`: WebAssembly on the CPU; `auto`: a GPU through
 * WebGPU where there is one, else WebAssembly.
 */
export type Backend = 'auto' | 'webgpu' | 'wasm';

/** What runs the model: the GPU as the browser reports it, or the WebAssembly backend. */
export interface AdapterSummary {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** Name and version of the driver; empty where the browser does not tell. It may then be part of `description`. */
  readonly driver: string;
  /** True when it computes on the CPU: SwiftShader, llvmpipe, WARP, and WebAssembly, whose description is `WebAssembly`. */
  readonly isFallback: boolean;
}

/**
 * How keys and values are kept: 32-bit or 16-bit floats, or codes of 8 or 4 bits with a scale per token and head (4 bits after a
 * rotation of each head).
 */
export type KvCacheKind = 'f32' | 'f16' | 'int8' | 'int4';

/**
 * How a prompt shares the GPU. `friendly`: in submits of a few milliseconds, one at a time, so that the page keeps painting;
 * `fast`: in long ones, back to back. The results are the same.
 */
export type PrefillMode = 'friendly' | 'fast';

/** A loaded model. */
export interface ModelInfo {
  readonly id: string;
  readonly name: string;
  readonly architecture: string;
  readonly license: string;
  readonly parameters: number;
  /** Bytes of all tensors of the file over the weights, in bits: scales, indices and outliers count too. */
  readonly bitsPerWeight: number;
  readonly fileBytes: number;
  readonly layers: number;
  readonly hiddenSize: number;
  readonly vocabularySize: number;
  /** Tokens that fit the KV cache. */
  readonly contextLength: number;
  /** How its KV cache is stored. */
  readonly kvCache: KvCacheKind;
  /** Whether the file has a chat template (else `chat` refuses). */
  readonly hasChatTemplate: boolean;
  /** Whether its chat template lets the caller choose that it thinks first: `enableThinking`. */
  readonly canThink: boolean;
  /** System prompt that the manifest recommends; `chat` does not add it by itself. */
  readonly systemPrompt?: string;
  readonly recommendedSampling: SamplingOptions;
  readonly memory: MemoryUse;
  readonly adapter: AdapterSummary;
  /** Weight kernel in use, for example `matvec-ternary/dp4a`. */
  readonly weightKernel: string;
  /** Which kernels run the matrices of a decode step, and why. */
  readonly tuning: AutotuneReport;
  /** Why the model could not be kept in the browser's store (full, blocked); absent when nothing went wrong. */
  readonly storageProblem?: string;
}

/** What this browser can do. Never throws: unsupported hardware is a result. */
export interface Support {
  /** `ok`: a GPU; `fallback`: works on the CPU, slower; `unsupported`: cannot run. */
  readonly status: 'ok' | 'fallback' | 'unsupported';
  /** Why not `ok`. `no-webgpu` and `no-adapter` are `unsupported` where WebAssembly with SIMD is missing too. */
  readonly reason?: 'insecure-context' | 'no-webgpu' | 'no-adapter' | 'cpu-adapter' | 'no-worker';
  /** What WebGPU found; absent where it found none. */
  readonly adapter?: AdapterSummary;
  /** What the backend that `auto` takes allows; absent if unsupported. */
  readonly limits?: DeviceLimits;
}

/** Limits of a GPU that decide whether a model fits it. WebGPU does not tell how much memory there is. */
export interface DeviceLimits {
  /** Largest GPU buffer in bytes. */
  readonly maxBufferBytes: number;
  /** Largest part of a buffer that one kernel can read, in bytes. */
  readonly maxBindingBytes: number;
}

/** A model in the browser's store. */
export interface StoredModel {
  /** Key for `removeStoredModel`. */
  readonly key: string;
  readonly url: string;
  /** URL of the manifest that it was loaded by; null when it was loaded by the URL of its weights. */
  readonly manifestUrl: string | null;
  readonly sizeBytes: number;
  /** Bytes present; equal to sizeBytes when complete. */
  readonly storedBytes: number;
  /** Milliseconds since 1970. */
  readonly lastUsedMs: number;
}
