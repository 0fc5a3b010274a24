// Plain f64 oracle of rotate-heads: the dense product with Sylvester's matrix.

/** Orthonormal Walsh-Hadamard product of each run of `block` (a power of two) values of x. */
export function hadamardReference(x: ArrayLike<number>, block: number): Float64Array {
  const out = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += block) {
    for (let i = 0; i < block; i++) {
      let sum = 0;
      for (let j = 0; j < block; j++) sum += isOdd(i & j) ? -x[start + j] : x[start + j];
      out[start + i] = sum / Math.sqrt(block);
    }
  }
  return out;
}

function isOdd(bits: number): boolean {
  let odd = false;
  for (let rest = bits; rest !== 0; rest &= rest - 1) odd = !odd;
  return odd;
}
