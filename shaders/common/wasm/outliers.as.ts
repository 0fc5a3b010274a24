// out[C, M] += outlier_scale[M] * sum over j of outlier_w[M, j] * x[C, index[j]], x[C, k] = q_scale[C, k / block] * q[C, k]: what
// matvec-outlier and outlier-product share. With one scale for all activations the sums are integers.
import { sumF32, sumI32 } from './lanes.as';
import { multiplyAdd } from './multiply-add.as';
import { scratch } from './scratch.as';
import { shareStart } from './share.as';

/** A share of the rows. @param out row 0 of the first column; `outliers` a multiple of 4, at most 2^18 */
export function addOutliers(
  w: usize,
  scale: usize,
  index: usize,
  q: usize,
  qScale: usize,
  out: usize,
  m: u32,
  k: u32,
  block: u32,
  stride: u32,
  outliers: u32,
  columns: u32,
  share: u32,
  shares: u32,
): void {
  const start = shareStart(m, share, shares);
  const rows = shareStart(m, share + 1, shares) - start;
  if (rows === 0) return;
  const own = w + <usize>start * outliers;
  const ownScale = scale + (start << 2);
  const gathered = scratch();
  for (let column: u32 = 0; column < columns; column++) {
    const codes = q + <usize>column * k;
    const scales = qScale + ((<usize>column * (k / block)) << 2);
    const target = out + ((<usize>column * stride + start) << 2);
    if (block === k) {
      for (let j: u32 = 0; j < outliers; j++) {
        store<i16>(gathered + (j << 1), load<i8>(codes + load<u32>(index + (j << 2))));
      }
      addWhole(own, ownScale, load<f32>(scales), gathered, target, rows, outliers);
    } else {
      for (let j: u32 = 0; j < outliers; j++) {
        const c = load<u32>(index + (j << 2));
        store<f32>(gathered + (j << 2), <f32>load<i8>(codes + c) * load<f32>(scales + ((c / block) << 2)));
      }
      addScaled(own, ownScale, gathered, target, rows, outliers);
    }
  }
}

/** Adds integer sums with int16. */
function addWhole(w: usize, scale: usize, qScale: f32, x: usize, out: usize, m: u32, outliers: u32): void {
  let at = w;
  for (let row: u32 = 0; row < m; row++) {
    let sums = i32x4.splat(0);
    let j: u32 = 0;
    for (; j + 8 <= outliers; j += 8) {
      sums = i32x4.add(sums, i32x4.dot_i16x8_s(v128.load8x8_s(at), v128.load(x + (j << 1))));
      at += 8;
    }
    if (j < outliers) {
      const four = i16x8.extend_low_i8x16_s(v128.load32_zero(at));
      sums = i32x4.add(sums, i32x4.dot_i16x8_s(four, v128.load64_zero(x + (j << 1))));
      at += 4;
    }
    const to = out + (row << 2);
    store<f32>(to, load<f32>(to) + <f32>sumI32(sums) * load<f32>(scale + (row << 2)) * qScale);
  }
}

/** Adds sums with f32. */
function addScaled(w: usize, scale: usize, activations: usize, out: usize, m: u32, outliers: u32): void {
  let at = w;
  for (let row: u32 = 0; row < m; row++) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let x = activations;
    const end = activations + (<usize>outliers << 2);
    for (; x + 32 <= end; x += 32) {
      const eight = v128.load8x8_s(at);
      s0 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(eight)), v128.load(x), s0);
      s1 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(eight)), v128.load(x, 16), s1);
      at += 8;
    }
    if (x < end) {
      const four = i16x8.extend_low_i8x16_s(v128.load32_zero(at));
      s0 = multiplyAdd(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(four)), v128.load(x), s0);
      at += 4;
    }
    const to = out + (row << 2);
    store<f32>(to, load<f32>(to) + sumF32(f32x4.add(s0, s1)) * load<f32>(scale + (row << 2)));
  }
}
