// Entry '.': the public API. Small: everything heavy lives in the worker.

export type { ChatStream, GenerationEvent } from './api/chat-stream.ts';
export {
  createEngine,
  type Engine,
  type EngineOptions,
  type LoadOptions,
  type StreamOptions,
} from './api/engine.ts';
export { listStoredModels, removeStoredModel } from './api/stored-models.ts';
export { detectSupport } from './api/support.ts';
export type {
  AdapterSummary,
  ChatMessage,
  ChatRole,
  FinishReason,
  GenerateOptions,
  GenerationMetrics,
  GenerationResult,
  LoadPhase,
  LoadProgress,
  MemoryUse,
  ModelInfo,
  ModelManifest,
  ModelSource,
  SamplingOptions,
  StoredModel,
  Support,
} from './api/types.ts';
export { EngineError, type EngineErrorCode, type ErrorDetails } from './errors.ts';
