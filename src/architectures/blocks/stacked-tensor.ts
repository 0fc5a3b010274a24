// What the kinds of linear layers have in common: the tensors that they are stacked of, and the mode of a pass.

/** Decode: one token per pass. Prefill: up to a chunk. */
export type PassMode = 'decode' | 'prefill';

/** One tensor of a matrix stacked by rows (q|k|v, gate|up). */
export interface StackedTensor {
  readonly tensor: string;
  readonly rows: number;
}
