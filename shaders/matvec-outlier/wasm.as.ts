// matvec-outlier for the CPU: the codes as in matvec-int8 (common/wasm/int8-product), then the outliers (common/wasm/outliers).
import { int8ProductB1, int8ProductT2, int8ProductW4, int8ProductW8 } from '../common/wasm/int8-product.as';
import { addOutliers } from '../common/wasm/outliers.as';
import { scratch } from '../common/wasm/scratch.as';

/**
 * Params of matvec-int8: the first seven are those of kernel.ts; no minima; every column is a token. The product reads them
 * before it uses the scratch memory itself.
 */
function productParams(params: usize, columns: u32): usize {
  const at = scratch();
  memory.copy(at, params, 28);
  store<u32>(at, 0, 28);
  store<u32>(at, columns, 32);
  return at;
}

function addSide(
  q: usize,
  qScale: usize,
  side: usize,
  sideScale: usize,
  index: usize,
  out: usize,
  params: usize,
  columns: u32,
  share: u32,
  shares: u32,
): void {
  const m = load<u32>(params);
  const k = load<u32>(params, 4);
  const block = load<u32>(params, 12);
  const target = out + (<usize>load<u32>(params, 16) << 2);
  const stride = load<u32>(params, 20);
  const outliers = load<u32>(params, 28);
  addOutliers(side, sideScale, index, q, qScale, target, m, k, block, stride, outliers, columns, share, shares);
}

/** Bindings and params of kernel.ts, layout W8; the grid is the columns. */
export function matvecOutlierW8(
  w: usize,
  rowScale: usize,
  q: usize,
  qScale: usize,
  side: usize,
  sideScale: usize,
  index: usize,
  out: usize,
  params: usize,
  columns: u32,
  y: u32,
  z: u32,
  share: u32,
  shares: u32,
): void {
  int8ProductW8(w, rowScale, 0, q, qScale, out, productParams(params, columns), share, shares);
  addSide(q, qScale, side, sideScale, index, out, params, columns, share, shares);
}

/** The same for layout W4. */
export function matvecOutlierW4(
  w: usize,
  rowScale: usize,
  q: usize,
  qScale: usize,
  side: usize,
  sideScale: usize,
  index: usize,
  out: usize,
  params: usize,
  columns: u32,
  y: u32,
  z: u32,
  share: u32,
  shares: u32,
): void {
  int8ProductW4(w, rowScale, 0, q, qScale, out, productParams(params, columns), share, shares);
  addSide(q, qScale, side, sideScale, index, out, params, columns, share, shares);
}

/** The same for layout T2. */
export function matvecOutlierT2(
  w: usize,
  rowScale: usize,
  q: usize,
  qScale: usize,
  side: usize,
  sideScale: usize,
  index: usize,
  out: usize,
  params: usize,
  columns: u32,
  y: u32,
  z: u32,
  share: u32,
  shares: u32,
): void {
  int8ProductT2(w, rowScale, 0, q, qScale, out, productParams(params, columns), share, shares);
  addSide(q, qScale, side, sideScale, index, out, params, columns, share, shares);
}

/** The same for layout B1. */
export function matvecOutlierB1(
  w: usize,
  rowScale: usize,
  q: usize,
  qScale: usize,
  side: usize,
  sideScale: usize,
  index: usize,
  out: usize,
  params: usize,
  columns: u32,
  y: u32,
  z: u32,
  share: u32,
  shares: u32,
): void {
  int8ProductB1(w, rowScale, 0, q, qScale, out, productParams(params, columns), share, shares);
  addSide(q, qScale, side, sideScale, index, out, params, columns, share, shares);
}
