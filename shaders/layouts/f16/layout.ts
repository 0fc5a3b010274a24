// Layout F16: IEEE binary16, two columns per u32, the even column in the low half; read with unpack2x16float.
// Needs no shader-f16. Values below 6.1e-5 may be flushed to zero by some devices.

/** Columns of one cell (a vec4<u32>, 16 bytes). Columns of an F16 matrix must be a multiple. */
export const F16_CELL_COLUMNS = 8;

/** Bytes of one row. */
export function f16RowBytes(columns: number): number {
  return columns * 2;
}

const floatBits = new Uint32Array(1);
const floatValue = new Float32Array(floatBits.buffer);

/** Nearest binary16 (ties to even) of a float, as 16 bits; overflow becomes infinity. */
export function float16Bits(value: number): number {
  floatValue[0] = value;
  const bits = floatBits[0];
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x7f800000) return sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Subnormal: the value in units of 2^-24, rounded to even by the double trick of adding 1.5 * 2^52.
    const units = Math.abs(value) * 2 ** 24 + 6755399441055744 - 6755399441055744;
    return sign | units;
  }
  const rounded = magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1);
  return sign | (rounded >>> 13);
}

/** Packs floats [rows, columns] (columns even) into u32 pairs. */
export function packF16(values: Float32Array): Uint32Array {
  const words = new Uint32Array(values.length / 2);
  for (let i = 0; i < words.length; i++) {
    words[i] = float16Bits(values[2 * i]) | (float16Bits(values[2 * i + 1]) << 16);
  }
  return words;
}
