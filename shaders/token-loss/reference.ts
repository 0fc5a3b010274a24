// Plain f64 oracle of token-loss.

/** Results of one row. */
export interface RowLoss {
  readonly loss: number;
  readonly logSumExp: number;
  readonly best: number;
}

/** -log of the softmax of logits[V] at `target`, log of the sum of exponentials, and the lowest index of the maximum. */
export function tokenLossReference(logits: Float32Array, target: number): RowLoss {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i] > logits[best]) best = i;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - logits[best]);
  const logSumExp = logits[best] + Math.log(sum);
  return { loss: logSumExp - logits[target], logSumExp, best };
}
