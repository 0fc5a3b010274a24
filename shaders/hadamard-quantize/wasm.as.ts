// hadamard-quantize for the CPU: see naive.wgsl for the formula. A row is transformed in the scratch memory: K is at most 2^18.
import { hadamardFactor, HadamardParams, hadamardRow } from '../common/wasm/hadamard-row.as';
import { codesOfRow, largestOfRow } from '../common/wasm/row.as';
import { scratch } from '../common/wasm/scratch.as';

/** Bindings and params of kernel.ts; the grid is the tokens. */
export function hadamardQuantize(
  x: usize,
  diagonal: usize,
  q: usize,
  scale: usize,
  params: usize,
  tokens: u32,
): void {
  const fields = changetype<HadamardParams>(params);
  const k = fields.k;
  const group = fields.group;
  const z = scratch();
  let codes = q;
  let scales = scale;
  for (let t: u32 = 0; t < tokens; t++) {
    const row = x + ((<usize>t * k) << 2);
    const factor = hadamardFactor(row, fields);
    hadamardRow(row, diagonal, 1, z, fields);
    // The floor of BitLinear: 1e-5 after norm and transform.
    const floor = group === k ? <f32>1e-5 / factor : <f32>0;
    for (let c: u32 = 0; c < k; c += group) {
      const at = z + (<usize>c << 2);
      const largest = max<f32>(largestOfRow(at, 0, false, group), floor);
      codesOfRow(at, 0, false, <f32>127 / max<f32>(largest, <f32>1e-30), codes, group);
      store<f32>(scales, (largest * factor) / <f32>127);
      codes += group;
      scales += 4;
    }
  }
}
