// The layouts whose cells decode to int8, sixteen columns at a time: what the ops with int8 activations and groups read.
import b1 from './b1/bytes.wgsl?raw';
import { B1_CELL_COLUMNS } from './b1/layout.ts';
import type { LayoutName } from './layout.ts';
import t2 from './t2/bytes.wgsl?raw';
import { T2_CELL_COLUMNS } from './t2/layout.ts';
import w4 from './w4/bytes.wgsl?raw';
import { W4_CELL_COLUMNS } from './w4/layout.ts';
import w8 from './w8/bytes.wgsl?raw';
import { W8_CELL_COLUMNS } from './w8/layout.ts';

/** A layout and its WGSL part: CELL_COLUMNS, CELL_SPANS, SPAN_SHIFT and span_bytes(cell, s) -> columns 16s..16s+15. */
export interface CellBytes {
  readonly name: Extract<LayoutName, 'W8' | 'W4' | 'T2' | 'B1'>;
  /** K must be a multiple. */
  readonly cellColumns: number;
  readonly load: string;
}

/** Every such layout, from most to fewest bits. */
export const CELL_BYTES: readonly CellBytes[] = [
  { name: 'W8', cellColumns: W8_CELL_COLUMNS, load: w8 },
  { name: 'W4', cellColumns: W4_CELL_COLUMNS, load: w4 },
  { name: 'T2', cellColumns: T2_CELL_COLUMNS, load: t2 },
  { name: 'B1', cellColumns: B1_CELL_COLUMNS, load: b1 },
];
