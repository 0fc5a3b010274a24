// Walsh-Hadamard transforms by blocks, Sylvester's order: H[i, j] = (-1)^popcount(i & j).

// Stages within four values.
// @ts-ignore: decorator
@inline
function hadamard4(v: v128): v128 {
  const even = i32x4.shuffle(v, v, 0, 0, 2, 2);
  const odd = v128.xor(i32x4.shuffle(v, v, 1, 1, 3, 3), i32x4(0, 0x80000000, 0, 0x80000000));
  const pairs = f32x4.add(even, odd);
  const first = i32x4.shuffle(pairs, pairs, 0, 1, 0, 1);
  const second = i32x4.shuffle(pairs, pairs, 2, 3, 2, 3);
  return f32x4.add(first, v128.xor(second, i32x4(0, 0, 0x80000000, 0x80000000)));
}

/** In place on k f32: factor H of every block. @param block a power of two from 4 that divides k */
export function hadamardBlocks(x: usize, k: u32, block: u32, factor: f32): void {
  const factors = f32x4.splat(factor);
  const end = x + (<usize>k << 2);
  const blockBytes = <usize>block << 2;
  // A block stays in the first cache for all its stages.
  for (let first = x; first < end; first += blockBytes) {
    const last = first + blockBytes;
    for (let at = first; at < last; at += 16) {
      v128.store(at, f32x4.mul(hadamard4(v128.load(at)), factors));
    }
    for (let step: usize = 16; step < blockBytes; step *= 2) {
      for (let start = first; start < last; start += 2 * step) {
        for (let at = start; at < start + step; at += 16) {
          const a = v128.load(at);
          const b = v128.load(at + step);
          v128.store(at, f32x4.add(a, b));
          v128.store(at + step, f32x4.sub(a, b));
        }
      }
    }
  }
}
