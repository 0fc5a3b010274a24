// The layouts whose cells decode to floats, four columns at a time: what the ops with f32 activations can read.
import { B1_CELL_COLUMNS } from './b1/layout.ts';
import b1 from './b1/load.wgsl?raw';
import { BF16_CELL_COLUMNS } from './bf16/layout.ts';
import bf16 from './bf16/load.wgsl?raw';
import { F16_CELL_COLUMNS } from './f16/layout.ts';
import f16 from './f16/load.wgsl?raw';
import { F32_CELL_COLUMNS } from './f32/layout.ts';
import f32 from './f32/load.wgsl?raw';
import type { LayoutName } from './layout.ts';
import t2 from './t2/floats.wgsl?raw';
import { T2_CELL_COLUMNS } from './t2/layout.ts';
import { W4_CELL_COLUMNS } from './w4/layout.ts';
import w4 from './w4/load.wgsl?raw';
import { W8_CELL_COLUMNS } from './w8/layout.ts';
import w8 from './w8/load.wgsl?raw';

/** A layout and its WGSL part: CELL_COLUMNS, CELL_PARTS, SPAN_PARTS and cell_part(cell, i) -> columns 4i..4i+3. */
export interface CellParts {
  readonly name: Exclude<LayoutName, 'P'>;
  /** K must be a multiple. */
  readonly cellColumns: number;
  readonly load: string;
}

/** Every such layout, from most to fewest bits. */
export const CELL_PARTS: readonly CellParts[] = [
  { name: 'F32', cellColumns: F32_CELL_COLUMNS, load: f32 },
  { name: 'F16', cellColumns: F16_CELL_COLUMNS, load: f16 },
  { name: 'BF16', cellColumns: BF16_CELL_COLUMNS, load: bf16 },
  { name: 'W8', cellColumns: W8_CELL_COLUMNS, load: w8 },
  { name: 'W4', cellColumns: W4_CELL_COLUMNS, load: w4 },
  { name: 'T2', cellColumns: T2_CELL_COLUMNS, load: t2 },
  { name: 'B1', cellColumns: B1_CELL_COLUMNS, load: b1 },
];
