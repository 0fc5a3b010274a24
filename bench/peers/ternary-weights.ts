// The weights of a peers' model: random ternary codes with one scale per matrix, the same for every format and engine.
import { f16ToF32, f32ToF16 } from '../../src/util/float16.ts';
import { SeededBits } from '../models/random-tensors.ts';
import type { ModelPlan } from './presets.ts';

/** A matrix [rows, columns] of the model. */
export interface MatrixPlan {
  /** Name of the tensor in GGUF, without `.weight`. */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly seed: number;
  /** Whether a row is all zero. */
  readonly isZero?: (row: number) => boolean;
}

/** Rows of single bytes that are no text of their own, and special tokens, which lie at the end. */
const BYTES = { from: 128, to: 256 };
const SPECIAL_TOKENS = 32;

/** Names of a layer's matrices behind `blk.N.`. */
export const LAYER_MATRICES = [
  'attn_q',
  'attn_k',
  'attn_v',
  'attn_output',
  'ffn_gate',
  'ffn_up',
  'ffn_down',
] as const;

/**
 * Every matrix in file order: the embedding, which is the head too, then the layers. Bytes that are no text and special
 * tokens have rows of zeros, so that greedy answers hold neither: wllama fails on text that is no UTF-8, Sterna ends at an
 * end token.
 */
export function planMatrices(plan: ModelPlan): MatrixPlan[] {
  const { hiddenSize: D, ffnSize: F, headDim } = plan;
  const [attention, kv] = [plan.heads * headDim, plan.kvHeads * headDim];
  const sizes = [
    [attention, D],
    [kv, D],
    [kv, D],
    [D, attention],
    [F, D],
    [F, D],
    [D, F],
  ];
  const layers = Array.from({ length: plan.layers }, (_, layer) =>
    LAYER_MATRICES.map((part, index) => ({
      name: `blk.${layer}.${part}`,
      rows: sizes[index][0],
      columns: sizes[index][1],
      seed: 2 + layer * LAYER_MATRICES.length + index,
    })),
  ).flat();
  const rows = plan.vocabularySize;
  const isZero = (row: number) => (row >= BYTES.from && row < BYTES.to) || row >= rows - SPECIAL_TOKENS;
  return [{ name: 'token_embd', rows, columns: D, seed: 1, isZero }, ...layers];
}

/** The scale of a matrix: keeps the size of activations; an f16 number, so that every format holds it exactly. */
export function matrixScale({ columns }: Pick<MatrixPlan, 'columns'>): number {
  return f16ToF32(f32ToF16(Math.sqrt(1.5 / columns)));
}

/** The codes of a matrix, some rows at a time; the same at every call. */
export function* matrixCodes({ rows, columns, seed, isZero }: MatrixPlan): Generator<Int8Array> {
  const windowRows = Math.max(1, Math.floor(2 ** 20 / columns));
  const bits = new SeededBits(seed);
  for (let row = 0; row < rows; row += windowRows) {
    const codes = new Int8Array(Math.min(windowRows, rows - row) * columns);
    for (let at = 0; at < codes.length; at++) codes[at] = ((bits.next() >>> 8) % 3) - 1;
    for (let at = 0; isZero && at < codes.length; at += columns) {
      if (isZero(row + at / columns)) codes.fill(0, at, at + columns);
    }
    yield codes;
  }
}

/** The codes of a matrix at once. */
export function wholeMatrix(plan: MatrixPlan): Int8Array {
  const codes = new Int8Array(plan.rows * plan.columns);
  let at = 0;
  for (const part of matrixCodes(plan)) {
    codes.set(part, at);
    at += part.length;
  }
  return codes;
}
