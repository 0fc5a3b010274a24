// argmax for the CPU: the largest logit first, then the first place where it stands.
import { maxF32 } from '../common/wasm/lanes.as';

const NONE: f32 = -3.4e38;

/** Bindings and params of kernel.ts; the grid is the columns. */
export function argmax(logits: usize, chosen: usize, params: usize, columns: u32): void {
  const v = load<u32>(params);
  const stride = load<u32>(params, 4);
  for (let c: u32 = 0; c < columns; c++) {
    const row = logits + (<usize>c * stride << 2);
    store<u32>(chosen + (c << 2), min(placeOf(row, v, largestOf(row, v)), v - 1));
  }
}

function largestOf(row: usize, v: u32): f32 {
  let m0 = f32x4.splat(NONE);
  let m1 = m0;
  let m2 = m0;
  let m3 = m0;
  let i: u32 = 0;
  for (; i + 16 <= v; i += 16) {
    const at = row + (<usize>i << 2);
    m0 = f32x4.pmax(m0, v128.load(at));
    m1 = f32x4.pmax(m1, v128.load(at, 16));
    m2 = f32x4.pmax(m2, v128.load(at, 32));
    m3 = f32x4.pmax(m3, v128.load(at, 48));
  }
  let largest = maxF32(f32x4.pmax(f32x4.pmax(m0, m1), f32x4.pmax(m2, m3)));
  for (; i < v; i++) largest = max(largest, load<f32>(row + (<usize>i << 2)));
  return largest;
}

/** First index with this value; v where there is none. */
function placeOf(row: usize, v: u32, value: f32): u32 {
  const values = f32x4.splat(value);
  let i: u32 = 0;
  for (; i + 4 <= v; i += 4) {
    if (v128.any_true(f32x4.eq(v128.load(row + (<usize>i << 2)), values))) break;
  }
  while (i < v && load<f32>(row + (<usize>i << 2)) !== value) i++;
  return i;
}
