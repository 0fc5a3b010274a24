// outlier-product for the CPU: see common/wasm/outliers.
import { addOutliers } from '../common/wasm/outliers.as';

/** Bindings and params of kernel.ts; the grid is the columns. */
export function outlierProduct(
  w: usize,
  scale: usize,
  index: usize,
  q: usize,
  qScale: usize,
  out: usize,
  params: usize,
  columns: u32,
  y: u32,
  z: u32,
  share: u32,
  shares: u32,
): void {
  const m = load<u32>(params);
  const k = load<u32>(params, 4);
  const block = load<u32>(params, 8);
  const target = out + (<usize>load<u32>(params, 12) << 2);
  const stride = load<u32>(params, 16);
  const outliers = load<u32>(params, 20);
  addOutliers(w, scale, index, q, qScale, target, m, k, block, stride, outliers, columns, share, shares);
}
