// Plain oracle of gather-columns.

/** Activations [T, K] as f32, or as int8 codes with a scale per `block` columns. */
export type GatherInput =
  | { readonly floats: Float32Array }
  | { readonly codes: Int8Array; readonly scales: Float32Array; readonly block: number };

/** out[T, J] = x[t, index[j]]. */
export function gatherColumnsReference(input: GatherInput, k: number, index: Uint32Array): Float64Array {
  const x =
    'floats' in input
      ? Float64Array.from(input.floats)
      : Float64Array.from(input.codes, (code, at) => code * input.scales[Math.floor(at / input.block)]);
  const out = new Float64Array((x.length / k) * index.length);
  for (let t = 0; t < x.length / k; t++) {
    index.forEach((column, j) => {
      out[t * index.length + j] = x[t * k + column];
    });
  }
  return out;
}
