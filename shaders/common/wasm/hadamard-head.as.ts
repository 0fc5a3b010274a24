// Rotation of one head by blocks of the largest power of two that divides its size: see common/hadamard/head.wgsl.

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

/** In place on headDim f32, a multiple of 4: orthonormal Walsh-Hadamard, Sylvester's order. */
export function rotateHead(head: usize, headDim: u32): void {
  const block = headDim & (0 - headDim);
  const factor = f32x4.splat(<f32>1 / sqrt<f32>(<f32>block));
  const end: usize = headDim << 2;
  for (let at: usize = 0; at < end; at += 16) {
    v128.store(head + at, f32x4.mul(hadamard4(v128.load(head + at)), factor));
  }
  const blockBytes: usize = block << 2;
  for (let step: usize = 16; step < blockBytes; step *= 2) {
    for (let start: usize = 0; start < end; start += 2 * step) {
      for (let at = head + start; at < head + start + step; at += 16) {
        const a = v128.load(at);
        const b = v128.load(at + step);
        v128.store(at, f32x4.add(a, b));
        v128.store(at + step, f32x4.sub(a, b));
      }
    }
  }
}
