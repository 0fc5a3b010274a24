// The storage formats that the GPU can read: one row and one WGSL part each. A format that is not here is decoded by its
// reader in src/quant, which stays the reference of these parts.
import type { LayoutName } from '../../layouts/layout.ts';
import base3 from './base3.wgsl?raw';
import bf16 from './bf16.wgsl?raw';
import codedRow from './coded-row.wgsl?raw';
import f16 from './f16.wgsl?raw';
import f32 from './f32.wgsl?raw';
import i2s from './i2-s.wgsl?raw';
import noMinima from './no-minima.wgsl?raw';
import ptq1 from './ptq1-0.wgsl?raw';
import q1 from './q1-0.wgsl?raw';
import q2 from './q2-0.wgsl?raw';
import q4 from './q4-0.wgsl?raw';
import q4k from './q4-k.wgsl?raw';
import q6k from './q6-k.wgsl?raw';
import q8 from './q8-0.wgsl?raw';
import raw from './raw.wgsl?raw';
import tq1 from './tq1-0.wgsl?raw';
import tq2 from './tq2-0.wgsl?raw';

/** A storage format as WGSL over the buffer `raw`. */
export interface StoragePart {
  /** In variant names: lower case. */
  readonly id: string;
  /** Names of the storage formats with these bytes, as in src/quant. */
  readonly formats: readonly string[];
  /** Columns and bytes of a block; both even. */
  readonly blockColumns: number;
  readonly blockBytes: number;
  /** WGSL: row_values(at, column); with codes also row_codes, row_scale_bits and row_minimum_bits. */
  readonly code: string;
}

/** A storage format of integer codes. */
export interface CodedStoragePart extends StoragePart {
  /** Device layouts that its codes fit. */
  readonly layouts: readonly LayoutName[];
  /** Columns per scale; 0 when the tensor has one, apart from the rows. */
  readonly groupColumns: number;
  readonly minima: boolean;
}

type CodedRow = Omit<CodedStoragePart, 'code' | 'minima'> & {
  readonly minima?: boolean;
  readonly parts: readonly string[];
};

const TERNARY: readonly LayoutName[] = ['T2', 'P', 'W8'];

function coded({ parts, minima = false, ...row }: CodedRow): CodedStoragePart {
  const constants = [
    `const BLOCK_COLUMNS = ${row.blockColumns}u;`,
    `const BLOCK_BYTES = ${row.blockBytes}u;`,
    `const GROUP_COLUMNS = ${row.groupColumns || row.blockColumns}u;`,
    `const HAS_SCALES = ${row.groupColumns > 0};`,
    `const HAS_MINIMA = ${minima};`,
  ].join('\n');
  const code = [constants, raw, ...parts, ...(minima ? [] : [noMinima]), codedRow].join('\n');
  return { ...row, minima, code };
}

function q2_0(id: string, formats: readonly string[], columns: number): CodedStoragePart {
  const size = { blockColumns: columns, blockBytes: 2 + columns / 4, groupColumns: columns };
  return coded({ id, formats, ...size, layouts: TERNARY, parts: [q2] });
}

const ternary = { layouts: TERNARY } as const;

/** Formats of codes. */
export const CODED_STORAGE: readonly CodedStoragePart[] = [
  coded({
    ...ternary,
    id: 'i2_s',
    formats: ['I2_S'],
    blockColumns: 128,
    blockBytes: 32,
    groupColumns: 0,
    parts: [i2s],
  }),
  coded({
    ...ternary,
    id: 'tq2_0',
    formats: ['TQ2_0'],
    blockColumns: 256,
    blockBytes: 66,
    groupColumns: 256,
    parts: [tq2],
  }),
  coded({
    ...ternary,
    id: 'tq1_0',
    formats: ['TQ1_0'],
    blockColumns: 256,
    blockBytes: 54,
    groupColumns: 256,
    parts: [base3, tq1],
  }),
  q2_0('q2_0-64', ['Q2_0'], 64),
  q2_0('q2_0-128', ['Q2_0 (groups of 128)', 'PQ2_0'], 128),
  coded({
    ...ternary,
    id: 'ptq1_0',
    formats: ['PTQ1_0'],
    blockColumns: 128,
    blockBytes: 28,
    groupColumns: 128,
    parts: [base3, ptq1],
  }),
  coded({
    id: 'q1_0',
    formats: ['Q1_0'],
    blockColumns: 128,
    blockBytes: 18,
    groupColumns: 128,
    layouts: ['B1', 'W8'],
    parts: [q1],
  }),
  coded({
    id: 'q4_0',
    formats: ['Q4_0'],
    blockColumns: 32,
    blockBytes: 18,
    groupColumns: 32,
    layouts: ['W4', 'W8'],
    parts: [q4],
  }),
  coded({
    id: 'q4_k',
    formats: ['Q4_K'],
    blockColumns: 256,
    blockBytes: 144,
    groupColumns: 32,
    minima: true,
    layouts: ['W4', 'W8'],
    parts: [q4k],
  }),
  coded({
    id: 'q8_0',
    formats: ['Q8_0'],
    blockColumns: 32,
    blockBytes: 34,
    groupColumns: 32,
    layouts: ['W8'],
    parts: [q8],
  }),
  coded({
    id: 'q6_k',
    formats: ['Q6_K'],
    blockColumns: 256,
    blockBytes: 210,
    groupColumns: 16,
    layouts: ['W8'],
    parts: [q6k],
  }),
];

function floats(id: string, format: string, bytes: number, part: string): StoragePart {
  return { id, formats: [format], blockColumns: 1, blockBytes: bytes, code: `${raw}\n${part}` };
}

/** Formats whose values are requantised to int8 with one scale per row: floats, and int8 codes in groups. */
export const VALUE_STORAGE: readonly StoragePart[] = [
  floats('f16', 'F16', 2, f16),
  floats('bf16', 'BF16', 2, bf16),
  floats('f32', 'F32', 4, f32),
  ...CODED_STORAGE.filter(({ id }) => id === 'q8_0' || id === 'q6_k'),
];
