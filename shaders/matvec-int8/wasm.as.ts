// matvec-int8 and matmul-int8 for the CPU: see common/wasm/int8-product.
import { int8ProductB1, int8ProductT2, int8ProductW4, int8ProductW8 } from '../common/wasm/int8-product.as';

/** Bindings and params of kernel.ts, layout W8; the grid says nothing. */
export function matvecInt8W8(
  w: usize,
  rowScale: usize,
  rowMin: usize,
  q: usize,
  qScale: usize,
  out: usize,
  params: usize,
  x: u32,
  y: u32,
  z: u32,
  share: u32,
  shares: u32,
): void {
  int8ProductW8(w, rowScale, rowMin, q, qScale, out, params, share, shares);
}

/** The same for layout W4. */
export function matvecInt8W4(
  w: usize,
  rowScale: usize,
  rowMin: usize,
  q: usize,
  qScale: usize,
  out: usize,
  params: usize,
  x: u32,
  y: u32,
  z: u32,
  share: u32,
  shares: u32,
): void {
  int8ProductW4(w, rowScale, rowMin, q, qScale, out, params, share, shares);
}

/** The same for layout T2. */
export function matvecInt8T2(
  w: usize,
  rowScale: usize,
  rowMin: usize,
  q: usize,
  qScale: usize,
  out: usize,
  params: usize,
  x: u32,
  y: u32,
  z: u32,
  share: u32,
  shares: u32,
): void {
  int8ProductT2(w, rowScale, rowMin, q, qScale, out, params, share, shares);
}

/** The same for layout B1. */
export function matvecInt8B1(
  w: usize,
  rowScale: usize,
  rowMin: usize,
  q: usize,
  qScale: usize,
  out: usize,
  params: usize,
  x: u32,
  y: u32,
  z: u32,
  share: u32,
  shares: u32,
): void {
  int8ProductB1(w, rowScale, rowMin, q, qScale, out, params, share, shares);
}
