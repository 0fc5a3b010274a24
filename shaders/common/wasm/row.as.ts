// What the norms and quantisers need of a row of f32.
import { roundToInt8 } from './int8.as';
import { maxF32, sumF32 } from './lanes.as';
import { multiplyAdd } from './multiply-add.as';

/** Sum of the squares of k values, any k. */
export function sumOfSquares(x: usize, k: u32): f32 {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let i: u32 = 0;
  for (; i + 16 <= k; i += 16) {
    const at = x + (i << 2);
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    s0 = multiplyAdd(a, a, s0);
    s1 = multiplyAdd(b, b, s1);
    s2 = multiplyAdd(c, c, s2);
    s3 = multiplyAdd(d, d, s3);
  }
  for (; i + 4 <= k; i += 4) {
    const a = v128.load(x + (i << 2));
    s0 = multiplyAdd(a, a, s0);
  }
  let sum = sumF32(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
  for (; i < k; i++) {
    const a = load<f32>(x + (i << 2));
    sum += a * a;
  }
  return sum;
}

/** to[i] = x[i] * gain[i] * factor for k values, any k; `to` may be `x`. */
export function scaleRow(x: usize, gain: usize, factor: f32, to: usize, k: u32): void {
  const factors = f32x4.splat(factor);
  let at: usize = 0;
  const whole: usize = (k >> 2) << 4;
  for (; at < whole; at += 16) {
    v128.store(to + at, f32x4.mul(f32x4.mul(v128.load(x + at), v128.load(gain + at)), factors));
  }
  for (const end: usize = k << 2; at < end; at += 4) {
    store<f32>(to + at, load<f32>(x + at) * load<f32>(gain + at) * factor);
  }
}

// @ts-ignore: decorator
@inline
function four(x: usize, gain: usize, hasGain: bool, at: usize): v128 {
  const v = v128.load(x + at);
  return hasGain ? f32x4.mul(v, v128.load(gain + at)) : v;
}

/**
 * Largest of |x[i] * gain[i]|, k a multiple of 4.
 * @param hasGain a constant; false: the gain is 1 and not read
 */
// @ts-ignore: decorator
@inline
export function largestOfRow(x: usize, gain: usize, hasGain: bool, k: u32): f32 {
  let m0 = f32x4.splat(0);
  let m1 = m0;
  const end: usize = k << 2;
  let at: usize = 0;
  for (; at + 32 <= end; at += 32) {
    m0 = f32x4.pmax(m0, f32x4.abs(four(x, gain, hasGain, at)));
    m1 = f32x4.pmax(m1, f32x4.abs(four(x, gain, hasGain, at + 16)));
  }
  if (at < end) m0 = f32x4.pmax(m0, f32x4.abs(four(x, gain, hasGain, at)));
  return maxF32(f32x4.pmax(m0, m1));
}

/**
 * q[i] = round(x[i] * gain[i] * factor) for k values, a multiple of 4; they must fit int8.
 * @param hasGain as of largestOfRow
 */
// @ts-ignore: decorator
@inline
export function codesOfRow(x: usize, gain: usize, hasGain: bool, factor: f32, q: usize, k: u32): void {
  const f = f32x4.splat(factor);
  let i: u32 = 0;
  for (; i + 16 <= k; i += 16) {
    const at: usize = i << 2;
    const a = f32x4.mul(four(x, gain, hasGain, at), f);
    const b = f32x4.mul(four(x, gain, hasGain, at + 16), f);
    const c = f32x4.mul(four(x, gain, hasGain, at + 32), f);
    const d = f32x4.mul(four(x, gain, hasGain, at + 48), f);
    v128.store(q + i, roundToInt8(a, b, c, d));
  }
  for (; i < k; i += 4) {
    const a = f32x4.mul(four(x, gain, hasGain, i << 2), f);
    v128.store32_lane(q + i, roundToInt8(a, a, a, a), 0);
  }
}
