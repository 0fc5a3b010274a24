// The layouts of codes, and how a cell is packed on the GPU: what the op repack writes.
import { B1_CELL_COLUMNS } from './b1/layout.ts';
import b1 from './b1/pack.wgsl?raw';
import type { LayoutName } from './layout.ts';
import { P_CELL_COLUMNS } from './p/layout.ts';
import p from './p/pack.wgsl?raw';
import { T2_CELL_COLUMNS } from './t2/layout.ts';
import t2 from './t2/pack.wgsl?raw';
import { W4_CELL_COLUMNS } from './w4/layout.ts';
import w4 from './w4/pack.wgsl?raw';
import { W8_CELL_COLUMNS } from './w8/layout.ts';
import w8 from './w8/pack.wgsl?raw';

/** A layout and its WGSL part: CELL_COLUMNS and pack_cell(at, column), which calls checked_codes(at, column). */
export interface CellPack {
  readonly name: Extract<LayoutName, 'T2' | 'P' | 'B1' | 'W4' | 'W8'>;
  /** Columns of a cell of 16 bytes; K must be a multiple. */
  readonly cellColumns: number;
  readonly pack: string;
}

/** Every such layout. */
export const CELL_PACKS: readonly CellPack[] = [
  { name: 'T2', cellColumns: T2_CELL_COLUMNS, pack: t2 },
  { name: 'P', cellColumns: P_CELL_COLUMNS, pack: p },
  { name: 'B1', cellColumns: B1_CELL_COLUMNS, pack: b1 },
  { name: 'W4', cellColumns: W4_CELL_COLUMNS, pack: w4 },
  { name: 'W8', cellColumns: W8_CELL_COLUMNS, pack: w8 },
];
