// PrismML's measure of how much a model knows for its size ("1-bit Bonsai 8B" white paper, 2026, whose figures follow it: an
// average score of 70.5 % in 1.15 GB gives 1.06): D = -ln(1 - average score) / size in GB.

/**
 * Intelligence density, per gigabyte (1e9 bytes).
 * @param errorRate average share of wrong answers, 0 to 1; here the share of tokens of a text whose most likely prediction
 *   is wrong, which is not PrismML's set of benchmarks: densities compare only over the same text
 * @param sizeBytes size of the model file, above 0
 * @returns 0 for a model that is always wrong, Infinity for one that never is
 */
export function intelligenceDensity(errorRate: number, sizeBytes: number): number {
  return -Math.log(errorRate) / (sizeBytes / 1e9);
}
