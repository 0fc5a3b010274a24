// What an application needs around a benchmark, besides running it: the models without a download, the context to load
// them with, and the result as text.

export { benchmarkContext } from '../util/benchmark-context.ts';
export {
  benchmarkMarkdown,
  describeTextSpeed,
  deviceName,
  formatRate,
  formatSummary,
  kernelBandwidth,
} from '../util/benchmark-text.ts';
export { intelligenceDensity } from '../util/intelligence-density.ts';
export { SYNTHETIC_MODELS, type SyntheticChoice } from '../util/synthetic-models.ts';
export { describeGain } from '../util/tuning-text.ts';
