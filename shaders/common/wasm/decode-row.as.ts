// Columns of one row of a matrix in any layout as f32, scaled: what embed copies and matmul-float multiplies with.
import { spanBytes, spanPart, unitOf } from './float-cells.as';
import { multiplyAdd } from './multiply-add.as';

/**
 * Inlined, so that `layout` is a constant within its loops: call it at one place per layout.
 * target[i] = scales[c / group] * W[c] (+ minima[c / group]), c = first + i < end.
 * @param row address of column 0; scales and minima are those of the row, minima 0 for none
 * @param group columns per scale; first, end and group are multiples of 16
 */
// @ts-ignore: decorator
@inline
export function decodeRow(
  layout: i32,
  row: usize,
  scales: usize,
  minima: usize,
  group: u32,
  first: u32,
  end: u32,
  target: usize,
): void {
  const unit = unitOf(layout);
  let to = target;
  for (let c = first; c < end; ) {
    const g = c / group;
    const stop = min(end, (g + 1) * group);
    const scale = load<f32>(scales + (g << 2)) * unit;
    const minimum = minima === 0 ? <f32>0 : load<f32>(minima + (g << 2));
    decodeColumns(layout, row, c, stop, scale, minimum, to);
    to += <usize>(stop - c) << 2;
    c = stop;
  }
}

// @ts-ignore: decorator
@inline
function decodeColumns(layout: i32, row: usize, first: u32, end: u32, scale: f32, minimum: f32, target: usize): void {
  const factor = f32x4.splat(scale);
  const offset = f32x4.splat(minimum);
  let to = target;
  for (let c = first; c < end; c += 16) {
    const v0 = spanPart(layout, spanBytes(layout, row, c, 0), 0);
    const v1 = spanPart(layout, spanBytes(layout, row, c, 1), 1);
    const v2 = spanPart(layout, spanBytes(layout, row, c, 2), 2);
    const v3 = spanPart(layout, spanBytes(layout, row, c, 3), 3);
    v128.store(to, multiplyAdd(v0, factor, offset));
    v128.store(to, multiplyAdd(v1, factor, offset), 16);
    v128.store(to, multiplyAdd(v2, factor, offset), 32);
    v128.store(to, multiplyAdd(v3, factor, offset), 48);
    to += 64;
  }
}
