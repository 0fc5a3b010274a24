// IEEE binary16 and bfloat16, to and from f32. Exact both ways; encoding rounds to nearest, ties to even.

const scratchFloat = new Float32Array(1);
const scratchBits = new Uint32Array(scratchFloat.buffer);

let f16Table: Float32Array | null = null;

/** All 65536 binary16 values as f32, indexed by their bits. Built on first use (256 KiB). */
export function f16ToF32Table(): Float32Array {
  if (f16Table === null) {
    f16Table = new Float32Array(65536);
    const bits = new Uint32Array(f16Table.buffer);
    for (let half = 0; half < 65536; half++) bits[half] = f16BitsToF32Bits(half);
  }
  return f16Table;
}

/** Value of a binary16 given by its bits (0 to 65535). */
export function f16ToF32(half: number): number {
  return f16ToF32Table()[half];
}

/** Bits of the binary16 nearest to an f32; overflow gives infinity, NaN stays a quiet NaN. */
export function f32ToF16(value: number): number {
  scratchFloat[0] = value;
  const bits = scratchBits[0];
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // 65520 and more round to infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Subnormal or zero: the value in units of 2^-24. The product is exact, the rounding is ours.
    return sign | roundTiesToEven(Math.abs(scratchFloat[0]) * 16777216);
  }
  // Normal: rebias the exponent, then add half of the discarded part less one plus the kept odd bit.
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

/** Value of a bfloat16 given by its bits (0 to 65535). */
export function bf16ToF32(bits: number): number {
  scratchBits[0] = bits << 16;
  return scratchFloat[0];
}

/** Bits of the bfloat16 nearest to an f32; NaN stays a quiet NaN. */
export function f32ToBf16(value: number): number {
  scratchFloat[0] = value;
  const bits = scratchBits[0];
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** Nearest integer, ties to even (`Math.round` sends ties upwards). For |value| < 2^52. */
export function roundTiesToEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction < 0.5) return floor;
  if (fraction > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Nearest integer, ties away from zero (C `roundf`). For |value| < 2^52. */
export function roundTiesAway(value: number): number {
  const magnitude = Math.abs(value);
  const floor = Math.floor(magnitude);
  const rounded = magnitude - floor >= 0.5 ? floor + 1 : floor;
  return value < 0 ? -rounded : rounded;
}

function f16BitsToF32Bits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 31;
  const mantissa = half & 0x3ff;
  if (exponent === 31) return (sign | 0x7f800000 | (mantissa << 13)) >>> 0;
  if (exponent !== 0) return (sign | ((exponent + 112) << 23) | (mantissa << 13)) >>> 0;
  if (mantissa === 0) return sign >>> 0;
  // Subnormal: shift the leading one into the implicit place.
  const shift = Math.clz32(mantissa) - 21;
  return (sign | ((113 - shift) << 23) | (((mantissa << shift) & 0x3ff) << 13)) >>> 0;
}
