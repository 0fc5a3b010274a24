// What a comparison of models is: one record per model, and the derived figures.
import type { AdapterSummary } from '../../api/types.ts';
import type { ModelSize } from '../../gguf/model-size.ts';
import type { QualityReport } from '../../quality/perplexity.ts';
import type { Summary } from '../../runtime/benchmark/statistics.ts';

/** One model. */
export interface ComparisonRow {
  /** Short and unique in the report. */
  readonly label: string;
  readonly file: string;
  readonly fileBytes: number;
  readonly architecture: string;
  /** Arithmetic of the linear layers' inputs. */
  readonly activations: string;
  readonly size: ModelSize;
  /** GPU memory of weights, cache and scratch. */
  readonly memoryBytes: number;
  readonly loadSeconds: number;
  readonly quality: QualityReport;
  readonly decodeTokensPerSecond: Summary;
  readonly decodeBytesPerSecond: Summary;
  /** Of the share of wrong first guesses, per gigabyte of file; see src/util/intelligence-density.ts. */
  readonly intelligenceDensity: number;
}

/** A whole comparison. */
export interface ComparisonReport {
  readonly date: string;
  readonly runtime: string;
  readonly adapter: AdapterSummary;
  /** Name of the text, and what of it was scored. */
  readonly text: string;
  readonly windowTokens: number;
  readonly strideTokens: number;
  readonly windows: number;
  /** Label of the reference model; null without. */
  readonly reference: string | null;
  readonly rows: readonly ComparisonRow[];
}
