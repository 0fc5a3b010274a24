// Entry '.': the public API. Small: everything heavy lives in the worker.

export { type CatalogueOptions, loadCatalogue } from './api/catalogue.ts';
export type { ChatStream, GenerationEvent } from './api/chat-stream.ts';
export {
  createEngine,
  type Engine,
  type EngineOptions,
  type LoadOptions,
  type ScoreOptions,
  type StreamOptions,
} from './api/engine.ts';
export { listStoredModels, removeStoredModel } from './api/stored-models.ts';
export { detectSupport } from './api/support.ts';
export { SUPPORTED_ARCHITECTURES } from './api/supported-architectures.ts';
export type {
  AdapterSummary,
  Arithmetic,
  CatalogueEntry,
  ChatMessage,
  ChatRole,
  DeviceLimits,
  FinishReason,
  GenerateOptions,
  GenerationMetrics,
  GenerationResult,
  KvCacheKind,
  LoadPhase,
  LoadProgress,
  MemoryUse,
  ModelDimensions,
  ModelInfo,
  ModelManifest,
  ModelSource,
  PerplexityOptions,
  PerplexityProgress,
  PerplexityReport,
  SamplingOptions,
  StoredModel,
  Support,
} from './api/types.ts';
export { EngineError, type EngineErrorCode, type ErrorDetails } from './errors.ts';
