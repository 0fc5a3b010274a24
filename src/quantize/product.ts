// Matrix products on the CPU, in blocks of four by four so that each value that is read is used four times.

/** Rows of a symmetric product that are made at once: what lies right of the diagonal is then wasted work. */
const GRAM_ROWS = 16;

/**
 * Y = X W^T (+ bias).
 * @param x [tokens, columns] f32
 * @param w [rows, columns] f32
 * @param bias [rows] f32; null: none
 * @returns [tokens, rows] f32, summed in f64
 */
export function product(
  x: Float32Array,
  w: Float32Array,
  columns: number,
  bias: Float32Array | null = null,
): Float32Array {
  const tokens = x.length / columns;
  const rows = w.length / columns;
  const out = new Float32Array(tokens * rows);
  for (let t = 0; t < tokens; t += 4) {
    for (let m = 0; m < rows; m += 4) {
      if (t + 4 <= tokens && m + 4 <= rows) multiplyTile(x, w, columns, t, m, out, rows);
      else multiplyEdge(x, w, columns, t, m, out, rows);
    }
  }
  if (bias !== null) {
    for (let at = 0; at < out.length; at++) out[at] += bias[at % rows];
  }
  return out;
}

function multiplyTile(
  x: Float32Array,
  w: Float32Array,
  columns: number,
  t: number,
  m: number,
  out: Float32Array,
  stride: number,
): void {
  // Two tokens by four rows: more accumulators would spill.
  for (let half = t; half < t + 4; half += 2) {
    let [a0, a1, a2, a3, b0, b1, b2, b3] = [0, 0, 0, 0, 0, 0, 0, 0];
    const xa = half * columns;
    const xb = xa + columns;
    const w0 = m * columns;
    const w1 = w0 + columns;
    const w2 = w1 + columns;
    const w3 = w2 + columns;
    for (let k = 0; k < columns; k++) {
      const a = x[xa + k];
      const b = x[xb + k];
      const r0 = w[w0 + k];
      const r1 = w[w1 + k];
      const r2 = w[w2 + k];
      const r3 = w[w3 + k];
      a0 += a * r0;
      a1 += a * r1;
      a2 += a * r2;
      a3 += a * r3;
      b0 += b * r0;
      b1 += b * r1;
      b2 += b * r2;
      b3 += b * r3;
    }
    const at = half * stride + m;
    out[at] = a0;
    out[at + 1] = a1;
    out[at + 2] = a2;
    out[at + 3] = a3;
    out[at + stride] = b0;
    out[at + stride + 1] = b1;
    out[at + stride + 2] = b2;
    out[at + stride + 3] = b3;
  }
}

function multiplyEdge(
  x: Float32Array,
  w: Float32Array,
  columns: number,
  firstToken: number,
  firstRow: number,
  out: Float32Array,
  stride: number,
): void {
  const tokens = Math.min(firstToken + 4, x.length / columns);
  const rows = Math.min(firstRow + 4, w.length / columns);
  for (let t = firstToken; t < tokens; t++) {
    for (let m = firstRow; m < rows; m++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += x[t * columns + k] * w[m * columns + k];
      out[t * stride + m] = sum;
    }
  }
}

/**
 * Sum of x x^T over all tokens.
 * @param x [tokens, columns] f32
 * @returns [columns, columns] f64, symmetric
 */
export function gram(x: Float32Array, columns: number): Float64Array {
  const tokens = x.length / columns;
  const transposed = new Float32Array(x.length);
  for (let t = 0; t < tokens; t++) {
    for (let k = 0; k < columns; k++) transposed[k * tokens + t] = x[t * columns + k];
  }
  const sums = new Float64Array(columns * columns);
  for (let first = 0; first < columns; first += GRAM_ROWS) {
    const end = Math.min(first + GRAM_ROWS, columns);
    const rows = transposed.subarray(first * tokens, end * tokens);
    const products = product(rows, transposed.subarray(0, end * tokens), tokens);
    for (let at = 0; at < products.length; at++) {
      const [i, j] = [first + Math.floor(at / end), at % end];
      sums[i * columns + j] = products[at];
      sums[j * columns + i] = products[at];
    }
  }
  return sums;
}
