// exp for four f32, as accurate as the kernels' tolerances ask of a library function.
import { multiplyAdd } from './multiply-add.as';

/**
 * e^x by 2^n e^r with |r| <= ln 2 / 2 and the Taylor polynomial of degree 7 in r (the next term is below 6e-9; n ln 2 goes off
 * in two parts, so that r is exact to f32). Below -87.3 it is 0, above 88 it saturates near 1.7e38: callers clamp where they
 * need more.
 */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const clamped = f32x4.pmax(f32x4.splat(-87.3), f32x4.pmin(f32x4.splat(88), x));
  // Beside 1.5 * 2^23 the last place is 1: the addition rounds, and the lowest bits are those of n.
  const shifted = multiplyAdd(clamped, f32x4.splat(1.44269504), f32x4.splat(12582912));
  const n = f32x4.sub(shifted, f32x4.splat(12582912));
  const high = multiplyAdd(n, f32x4.splat(-0.693359375), clamped);
  const r = multiplyAdd(n, f32x4.splat(2.12194440e-4), high);
  let p = multiplyAdd(r, f32x4.splat(1.0 / 5040), f32x4.splat(1.0 / 720));
  p = multiplyAdd(p, r, f32x4.splat(1.0 / 120));
  p = multiplyAdd(p, r, f32x4.splat(1.0 / 24));
  p = multiplyAdd(p, r, f32x4.splat(1.0 / 6));
  p = multiplyAdd(p, r, f32x4.splat(0.5));
  p = multiplyAdd(f32x4.mul(p, r), r, f32x4.add(r, f32x4.splat(1)));
  const power = i32x4.add(i32x4.shl(shifted, 23), i32x4.splat(127 << 23));
  const value = f32x4.mul(p, power);
  // Far below every key that counts: exactly zero, as a masked score must be.
  return v128.and(value, f32x4.gt(x, f32x4.splat(-87.3)));
}

/** e^x of one f32. */
// @ts-ignore: decorator
@inline
export function exp1(x: f32): f32 {
  return f32x4.extract_lane(exp4(f32x4.splat(x)), 0);
}
