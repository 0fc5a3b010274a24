// random-fill for the CPU: the words of naive.wgsl, bit for bit.
import { nearestHalves } from '../common/wasm/half.as';
import { pcgHash } from '../common/wasm/random.as';

// Values of CONTENT; others are bits as they come.
const TERNARY: i32 = 0;
const PLANES: i32 = 1;
const BYTES: i32 = 3;
const HALVES: i32 = 4;
const FLOATS: i32 = 5;
const CONSTANT: i32 = 6;
const BRAIN_HALVES: i32 = 7;

/** Bindings and params of kernel.ts. */
export function randomFill(out: usize, params: usize, _x: u32, _y: u32, _z: u32, content: i32): void {
  const n = load<u32>(params);
  const seed = pcgHash(load<u32>(params, 4));
  const scale = load<f32>(params, 8);
  for (let i: u32 = 0; i < n; i++) store<u32>(out + (<usize>i << 2), wordAt(seed, i, content, scale));
}

function wordAt(seed: u32, i: u32, content: i32, scale: f32): u32 {
  const bits = pcgHash(seed + i);
  if (content === TERNARY) {
    // Two bits each: 10 is no code, so its high bit is cleared.
    return bits & (((bits & 0x55555555) << 1) | 0x55555555);
  }
  if (content === PLANES) {
    // Both words of a pair are made of the same two numbers: a bit is in one of them at most.
    const sign = pcgHash(seed + (i | 1));
    const present = pcgHash(seed + (i & ~1));
    return present & ((i & 1) === 1 ? ~sign : sign);
  }
  if (content === BYTES) {
    // The byte 0x80 (-128) becomes 0x81.
    const low = bits & 0x7f7f7f7f;
    const occupied = (low + 0x7f7f7f7f) & 0x80808080; // the high bit where the low seven are not all 0
    return bits | ((bits & ~occupied & 0x80808080) >> 7);
  }
  if (content === HALVES) {
    const pair = nearestHalves(f32x4(halfAt(bits) * scale, halfAt(bits >> 16) * scale, 0, 0));
    return i32x4.extract_lane(pair, 0) | (i32x4.extract_lane(pair, 1) << 16);
  }
  if (content === BRAIN_HALVES) {
    // The upper halves of two f32.
    const low = reinterpret<u32>(halfAt(bits) * scale) >> 16;
    return low | (reinterpret<u32>(halfAt(bits >> 16) * scale) & 0xffff0000);
  }
  if (content === FLOATS) {
    return reinterpret<u32>((<f32>(bits >> 8) - <f32>8388607.5) * (scale * <f32>(1.0 / 8388608)));
  }
  return content === CONSTANT ? reinterpret<u32>(scale) : bits;
}

/** -1023/1024 to 1023/1024 in steps that binary16 holds. */
// @ts-ignore: decorator
@inline
function halfAt(bits: u32): f32 {
  const field = bits & 2047;
  return <f32>(<i32>field - 1024 + <i32>(field === 0)) * <f32>(1.0 / 1024);
}
