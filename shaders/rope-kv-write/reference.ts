// Plain f64 oracle of rope-kv-write.

/** Geometry of one call. */
export interface RopeShape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly capacity: number;
  readonly interleaved: boolean;
  readonly position: number;
}

/** Rotates qkv[T, (H + 2G) * Dh] into queries [T, H, Dh] and keys and values [T, G, Dh], before any encoding. */
export function ropeKvWriteReference(
  qkv: Float32Array,
  rope: Float32Array,
  shape: RopeShape,
): { readonly q: Float64Array; readonly k: Float64Array; readonly v: Float64Array } {
  const { heads: H, kvHeads: G, headDim: Dh, position } = shape;
  const T = qkv.length / ((H + 2 * G) * Dh);
  const q = new Float64Array(T * H * Dh);
  const k = new Float64Array(T * G * Dh);
  const v = new Float64Array(T * G * Dh);
  for (let t = 0; t < T; t++) {
    for (let head = 0; head < H + 2 * G; head++) {
      const values = qkv.subarray((t * (H + 2 * G) + head) * Dh, (t * (H + 2 * G) + head + 1) * Dh);
      if (head < H) {
        rotate(values, rope, position + t, shape).forEach((value, d) => {
          q[(t * H + head) * Dh + d] = value / Math.sqrt(Dh);
        });
      } else if (head < H + G) k.set(rotate(values, rope, position + t, shape), (t * G + head - H) * Dh);
      else v.set(values, (t * G + head - H - G) * Dh);
    }
  }
  return { q, k, v };
}

function rotate(values: Float32Array, rope: Float32Array, position: number, shape: RopeShape): Float64Array {
  const half = shape.headDim / 2;
  const out = new Float64Array(shape.headDim);
  for (let i = 0; i < half; i++) {
    const first = shape.interleaved ? 2 * i : i;
    const second = shape.interleaved ? 2 * i + 1 : i + half;
    const cos = rope[(position * half + i) * 2];
    const sin = rope[(position * half + i) * 2 + 1];
    out[first] = values[first] * cos - values[second] * sin;
    out[second] = values[second] * cos + values[first] * sin;
  }
  return out;
}
