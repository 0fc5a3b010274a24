// Plain f64 oracle of penalize.

/** Penalised copy of logits[V]. */
export function penalizeReference(logits: Float32Array, seen: Uint32Array, penalty: number): Float64Array {
  return Float64Array.from(logits, (logit, i) => {
    if (seen[i] === 0) return logit;
    return logit > 0 ? logit / penalty : logit * penalty;
  });
}
