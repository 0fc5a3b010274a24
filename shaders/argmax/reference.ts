// Plain oracle of argmax.

/** Index of the largest value, the lowest on ties. */
export function argmaxReference(logits: Float32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i] > logits[best]) best = i;
  return best;
}
