// Oracle of repack: codes by the CPU readers, cells by the packers of the layouts.
import { packB1 } from '../layouts/b1/layout.ts';
import { packP } from '../layouts/p/layout.ts';
import { packT2 } from '../layouts/t2/layout.ts';
import { packW4 } from '../layouts/w4/layout.ts';

const PACKERS: Readonly<Record<string, (codes: Int8Array) => Uint32Array>> = {
  T2: packT2,
  P: packP,
  B1: packB1,
  W4: packW4,
  W8: (codes) => new Uint32Array(codes.buffer, codes.byteOffset, codes.length / 4),
};

/** Cells of a layout as words. */
export function repackReference(codes: Int8Array, layout: string): Uint32Array {
  return PACKERS[layout](codes);
}
