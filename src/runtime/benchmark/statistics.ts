// Median and spread of repeated measurements.
import type { Summary } from '../../api/benchmark-types.ts';

export type { Summary };

/** Middle value (mean of the two middle ones for an even count). NaN for none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Quantile by linear interpolation between neighbours. NaN for no values. @param share 0 to 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  if (sorted.length === 0) return Number.NaN;
  const next = sorted[Math.min(low + 1, sorted.length - 1)];
  return sorted[low] + (next - sorted[low]) * (at - low);
}

/** Summary of at least one value. */
export function summarize(values: readonly number[]): Summary {
  return {
    median: median(values),
    p10: quantile(values, 0.1),
    p90: quantile(values, 0.9),
    minimum: Math.min(...values),
    maximum: Math.max(...values),
    repeats: values.length,
  };
}
