// Orthonormal Hadamard transform of Sylvester's type: H[r][c] = (-1)^popcount(r & c) / sqrt(n), its own inverse.

/**
 * Transforms every block of consecutive values, in place.
 * @param block a power of two that divides the length
 */
export function rotateBlocks(values: Float32Array, block: number): void {
  for (let first = 0; first < values.length; first += block) transformBlock(values, first, block);
}

function transformBlock(values: Float32Array, first: number, block: number): void {
  const end = first + block;
  for (let distance = 1; distance < block; distance *= 2) {
    for (let start = first; start < end; start += 2 * distance) {
      for (let at = start; at < start + distance; at++) {
        const a = values[at];
        const b = values[at + distance];
        values[at] = a + b;
        values[at + distance] = a - b;
      }
    }
  }
  const norm = 1 / Math.sqrt(block);
  for (let at = first; at < end; at++) values[at] *= norm;
}
