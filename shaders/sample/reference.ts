// Plain f64 oracle of sample. The random number is an integer hash and therefore the same on every device.

/** Candidates that the kernel keeps at most. */
export const CANDIDATE_CAP = 1024;

/** How to sample; the fields of common/settings that matter here. */
export interface SampleSettings {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
}

/** PCG hash (Jarzynski and Olano, JCGT 9(3), 2020) of a u32. */
export function pcgHash(input: number): number {
  const state = (Math.imul(input, 747796405) + 2891336453) >>> 0;
  const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737) >>> 0;
  return ((word >>> 22) ^ word) >>> 0;
}

/** The step-th number of a seed, in (0, 1). */
export function uniformNumber(seed: number, step: number): number {
  return ((pcgHash((pcgHash(seed) + step) >>> 0) >>> 9) + 0.5) * 2 ** -23;
}

/** What may be drawn, best first, and how near a rounding error could come to changing it. */
export interface SampleDistribution {
  readonly ids: readonly number[];
  /** Sums to 1. */
  readonly probabilities: readonly number[];
  /** Smallest relative distance of a top-p or min-p threshold from the value that it was compared with. */
  readonly margin: number;
}

/** Temperature, top-k, top-p, min-p, in that order. */
export function sampleDistribution(logits: Float32Array, settings: SampleSettings): SampleDistribution {
  const { temperature, topK, topP, minP } = settings;
  const order = Array.from(logits, (_, id) => id).sort((a, b) => logits[b] - logits[a] || a - b);
  const weight = (id: number) => Math.exp((logits[id] - logits[order[0]]) / temperature);
  const kept = order.slice(0, topK === 0 ? CANDIDATE_CAP : Math.min(topK, CANDIDATE_CAP));
  const whole = (topK === 0 ? order : kept).reduce((sum, id) => sum + weight(id), 0);
  let margin = Number.POSITIVE_INFINITY;
  let count = kept.length;
  if (topP < 1) {
    let mass = 0;
    for (count = 0; count < kept.length && (count === 0 || mass < topP); count++) {
      mass += weight(kept[count]) / whole;
      margin = Math.min(margin, Math.abs(mass - topP));
    }
  }
  let survivors = kept.slice(0, count);
  if (minP > 0) {
    for (const id of survivors) margin = Math.min(margin, Math.abs(weight(id) / minP - 1));
    survivors = survivors.filter((id) => weight(id) >= minP);
  }
  const total = survivors.reduce((sum, id) => sum + weight(id), 0);
  return { ids: survivors, probabilities: survivors.map((id) => weight(id) / total), margin };
}

/** Draws by inverse CDF; `margin` also counts the distance of the random number from the borders of the interval. */
export function drawReference(
  distribution: SampleDistribution,
  u: number,
): { readonly id: number; readonly margin: number } {
  let sum = 0;
  let margin = distribution.margin;
  for (let i = 0; i < distribution.ids.length; i++) {
    if (i > 0) margin = Math.min(margin, Math.abs(u - sum));
    sum += distribution.probabilities[i];
    if (u < sum || i === distribution.ids.length - 1) {
      const isLast = i === distribution.ids.length - 1;
      return { id: distribution.ids[i], margin: isLast ? margin : Math.min(margin, Math.abs(u - sum)) };
    }
  }
  throw new RangeError('The distribution is empty');
}
