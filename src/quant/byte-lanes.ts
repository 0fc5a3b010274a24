// Four codes at a time: 32-bit words whose bytes are lanes. Little-endian, as every platform with WebGPU.

const TOP_BITS = 0x80808080;

/**
 * Subtracts the same number from each byte: the set top bit keeps borrows inside their byte.
 * @param lanes bytes of 0 to 127
 * @param subtrahend bytes of 0 to 127
 * @returns bytes as i8
 */
export function subtractLanes(lanes: number, subtrahend: number): number {
  return ((lanes | TOP_BITS) - subtrahend) ^ TOP_BITS;
}

/** The 32-bit word at any address. */
export function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}

/** The 16-bit number at any address. */
export function halfAt(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8);
}

/** Stores a 16-bit number at any address. */
export function storeHalf(bytes: Uint8Array, at: number, half: number): void {
  bytes[at] = half & 0xff;
  bytes[at + 1] = half >>> 8;
}
