// matvec-ternary and matmul-ternary for the CPU: see common/wasm/ternary-product.
import { ternaryProduct } from '../common/wasm/ternary-product.as';

/** Bindings and params of kernel.ts; the grid says nothing. */
export function matvecTernary(
  w: usize,
  rowScale: usize,
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
  ternaryProduct(w, rowScale, q, qScale, out, params, share, shares);
}
