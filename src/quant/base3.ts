// Base-3 packing of TQ1_0 and PTQ1_0: a byte B holds up to five ternary digits, the first most significant, as
// ceil(value * 256 / 243). Digit n = ((B * 3^n mod 256) * 3) >> 8. Layout as ggml/src/ggml-quants.c.

import { subtractLanes } from './byte-lanes.ts';

const MAX_DIGITS = 5;
const EVEN_BYTES = 0x00ff00ff;
const DIGIT_MASK = 0x00030003;

/**
 * Unpacks four bytes: digit n of byte i becomes the code (-1, 0, 1) in lane i of words[to + n * stride].
 * @param digits 1 to 5
 * @param stride distance between the words of consecutive digits
 */
export function unpackBase3Word(
  word: number,
  digits: number,
  words: Uint32Array,
  to: number,
  stride: number,
): void {
  // Two bytes per word with room above each: times 3, the digit appears over the low byte.
  let even = word & EVEN_BYTES;
  let odd = (word >>> 8) & EVEN_BYTES;
  for (let digit = 0; digit < digits; digit++) {
    even *= 3;
    odd *= 3;
    const lanes = ((even >>> 8) & DIGIT_MASK) | (odd & (DIGIT_MASK << 8));
    words[to + digit * stride] = subtractLanes(lanes, 0x01010101);
    even &= EVEN_BYTES;
    odd &= EVEN_BYTES;
  }
}

/**
 * Packs one byte; missing digits count as zero digits at the end.
 * @param codes -1, 0, 1; digit n is codes[first + n * stride]
 * @param digits 1 to 5
 */
export function packBase3Byte(codes: Int8Array, first: number, digits: number, stride: number): number {
  let value = 0;
  for (let digit = 0; digit < MAX_DIGITS; digit++) {
    value = value * 3 + (digit < digits ? codes[first + digit * stride] + 1 : 0);
  }
  return Math.floor((value * 256 + 242) / 243);
}
