// hadamard for the CPU: see naive.wgsl for the formula.
import { hadamardFactor, HadamardParams, hadamardRow } from '../common/wasm/hadamard-row.as';

/** Bindings and params of kernel.ts; the grid is the tokens. */
export function hadamard(x: usize, diagonal: usize, out: usize, params: usize, tokens: u32): void {
  const fields = changetype<HadamardParams>(params);
  const rowBytes = <usize>fields.k << 2;
  for (let t: usize = 0; t < tokens; t++) {
    const row = x + t * rowBytes;
    hadamardRow(row, diagonal, hadamardFactor(row, fields), out + t * rowBytes, fields);
  }
}
