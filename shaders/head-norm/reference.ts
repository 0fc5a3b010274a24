// Plain f64 oracle of head-norm.

/** Geometry and epsilon of one call. */
export interface HeadNormShape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly epsilon: number;
}

/** Normalises the query and key heads of qkv[T, (H + 2G) * Dh]; the value heads are copied. */
export function headNormReference(
  qkv: Float32Array,
  gains: { readonly q: Float32Array; readonly k: Float32Array },
  { heads: H, kvHeads: G, headDim: Dh, epsilon }: HeadNormShape,
): Float64Array {
  const out = Float64Array.from(qkv);
  for (let head = 0; head < qkv.length / Dh; head++) {
    const place = head % (H + 2 * G);
    if (place >= H + G) continue;
    const values = qkv.subarray(head * Dh, (head + 1) * Dh);
    const gain = place < H ? gains.q : gains.k;
    const r = 1 / Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / Dh + epsilon);
    values.forEach((value, i) => {
      out[head * Dh + i] = value * gain[i] * r;
    });
  }
  return out;
}
