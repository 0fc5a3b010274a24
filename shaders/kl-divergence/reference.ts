// Plain f64 oracle of kl-divergence.

/** Logarithms of the softmax of logits[V]. */
function logSoftmax(logits: Float32Array): Float64Array {
  const largest = logits.reduce((a, b) => Math.max(a, b));
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  const logSum = largest + Math.log(sum);
  return Float64Array.from(logits, (logit) => logit - logSum);
}

/** Sum over i of p_i * (log p_i - log q_i), in nats. */
export function klDivergenceReference(pLogits: Float32Array, qLogits: Float32Array): number {
  const logP = logSoftmax(pLogits);
  const logQ = logSoftmax(qLogits);
  return logP.reduce((sum, log, i) => sum + Math.exp(log) * (log - logQ[i]), 0);
}

/** log of the sum of exp(logits[V]). */
export function logSumExpReference(logits: Float32Array): number {
  return logits[0] - logSoftmax(logits)[0];
}
