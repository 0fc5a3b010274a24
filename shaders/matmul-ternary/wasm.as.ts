// matmul-ternary for the CPU: see common/wasm/ternary-product.
import { ternaryProduct } from '../common/wasm/ternary-product.as';

/** Bindings and params of kernel.ts. */
export function matmulTernary(w: usize, rowScale: usize, q: usize, qScale: usize, out: usize, params: usize): void {
  ternaryProduct(w, rowScale, q, qScale, out, params);
}
