// Other ways to decode cells to floats than those of cell-parts: the same values, other instructions.
import b1Half from './b1/half.wgsl?raw';
import b1Magic from './b1/magic.wgsl?raw';
import { CELL_PARTS, type CellParts } from './cell-parts.ts';
import magicFields from './magic-fields.wgsl?raw';
import t2Half from './t2/half.wgsl?raw';
import t2Magic from './t2/magic.wgsl?raw';
import w4Magic from './w4/magic.wgsl?raw';
import w8Magic from './w8/magic.wgsl?raw';

function instead(loads: Readonly<Partial<Record<CellParts['name'], string>>>): readonly CellParts[] {
  return CELL_PARTS.flatMap((layout) => {
    const load = loads[layout.name];
    return load === undefined ? [] : [{ ...layout, load }];
  });
}

/** By the mantissa of 2^23, without conversions of integers. Core WGSL. */
export const CELL_MAGIC: readonly CellParts[] = instead({
  W8: w8Magic,
  W4: `${magicFields}\n${w4Magic}`,
  T2: `${magicFields}\n${t2Magic}`,
  B1: `${magicFields}\n${b1Magic}`,
});

/** By the mantissas of two halves at a time. Requires shader-f16. */
export const CELL_HALVES: readonly CellParts[] = instead({ T2: t2Half, B1: b1Half });
