// Entry '.': the public API. Small: everything heavy lives in the worker.

export {
  benchmarkContext,
  benchmarkMarkdown,
  describeGain,
  describeTextSpeed,
  deviceName,
  formatRate,
  formatSummary,
  intelligenceDensity,
  kernelBandwidth,
  SYNTHETIC_MODELS,
  type SyntheticChoice,
} from './api/benchmark.ts';
export {
  BENCHMARK_VERSION,
  type BenchmarkDevice,
  type BenchmarkModel,
  type BenchmarkOptions,
  type BenchmarkProgress,
  type BenchmarkReport,
  type BenchmarkTest,
  type DeviceCeilings,
  type KernelTime,
  type Summary,
  type TextSpeed,
  type TokenBudget,
  type TokenCounts,
  type TokenTime,
} from './api/benchmark-types.ts';
export { type CatalogueOptions, loadCatalogue } from './api/catalogue.ts';
export type { ChatStream, GenerationEvent } from './api/chat-stream.ts';
export {
  createEngine,
  type Engine,
  type EngineOptions,
  type LoadOptions,
  type RunBenchmarkOptions,
  type ScoreOptions,
  type StreamOptions,
} from './api/engine.ts';
export { listStoredModels, removeStoredModel } from './api/stored-models.ts';
export { cpuAdapterName, detectSupport } from './api/support.ts';
export { SUPPORTED_ARCHITECTURES } from './api/supported-architectures.ts';
export type {
  AdapterSummary,
  Answer,
  Arithmetic,
  AutotuneMode,
  AutotuneReport,
  Backend,
  CatalogueEntry,
  ChatMessage,
  ChatRole,
  DeviceLimits,
  FinishReason,
  GenerateOptions,
  GenerationMetrics,
  GenerationResult,
  HeadPrecision,
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
  PrefillMode,
  SamplingOptions,
  SpeculationMetrics,
  SpeculationMode,
  StoredModel,
  Support,
  SyntheticModel,
  TunedKernel,
} from './api/types.ts';
export { EngineError, type EngineErrorCode, type ErrorDetails } from './errors.ts';
