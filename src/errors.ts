// EngineError: the one error type that leaves the engine. A leaf: imports nothing of ours.
// Message form: what failed, the observed value, the expected value, what to do. One sentence each.

/** Every stable error code. Codes never change meaning; new ones may be added. */
export type EngineErrorCode =
  /** `navigator.gpu` is missing: this browser has no WebGPU. */
  | 'webgpu-unavailable'
  /** WebAssembly with SIMD is missing, or the page's Content-Security-Policy forbids it. */
  | 'wasm-unavailable'
  /** `requestAdapter` answered null, also on retry. */
  | 'adapter-unavailable'
  /** The device could not be created with the limits or features that the model needs. */
  | 'device-unavailable'
  /** The GPU device was lost while in use. Recovery: dispose the engine and create a new one. */
  | 'device-lost'
  /** A GPU allocation failed, or the model needs more than the device offers. */
  | 'out-of-memory'
  /** A WebGPU validation or compilation error, or a WebAssembly kernel that failed: a defect of the engine. */
  | 'gpu-error'
  /** A file is not GGUF/safetensors/JSON, or is damaged, truncated, or hostile. */
  | 'bad-file'
  /** The file is sound, but its format, tensor type, architecture or tokenizer is not supported. */
  | 'unsupported-model'
  /** A network request failed or answered with an error status. */
  | 'network'
  /** Stored or downloaded bytes do not match their SHA-256. */
  | 'integrity'
  /** The browser's storage refused (quota, private mode) or failed. */
  | 'storage'
  /** An argument of a public function is out of range or of the wrong kind. */
  | 'bad-argument'
  /** The prompt does not fit the context even after dropping all old turns. */
  | 'context-full'
  /** The engine was disposed or the model is not loaded. */
  | 'not-ready'
  /** The worker stopped unexpectedly. */
  | 'worker-crashed';

/** Clone-safe details: file, byte offset, field, limit name with have/need, label, and so on. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

/** The error thrown by every public function of the engine (aborts reject with the signal's reason instead). */
export class EngineError extends Error {
  readonly code: EngineErrorCode;
  readonly details: ErrorDetails;

  /**
   * @param code stable code, for programs
   * @param message for people: what failed, observed, expected, what to do
   * @param options.details clone-safe facts; options.cause the underlying error
   */
  constructor(
    code: EngineErrorCode,
    message: string,
    options: { details?: ErrorDetails; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'EngineError';
    this.code = code;
    this.details = options.details ?? {};
  }
}
