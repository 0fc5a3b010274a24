// Median and spread of repeated measurements.

/** Middle value (mean of the two middle ones for an even count). NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Repeated measurements, summarised. */
export interface Summary {
  readonly median: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly repeats: number;
}

/** Summary of at least one value. */
export function summarize(values: readonly number[]): Summary {
  return {
    median: median(values),
    minimum: Math.min(...values),
    maximum: Math.max(...values),
    repeats: values.length,
  };
}
