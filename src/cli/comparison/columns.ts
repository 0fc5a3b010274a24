// The columns of a comparison: one list for the table in a terminal, the table in a page and the plots.
import type { ComparisonRow } from './report.ts';

/** One figure of a row. */
export interface Column {
  /** Heading, with the unit. */
  readonly title: string;
  /** Null where it was not measured. */
  value(row: ComparisonRow): number | null;
  /** For people. */
  show(value: number): string;
}

const fixed = (digits: number) => (value: number) => value.toFixed(digits);
const significant = (value: number) => value.toPrecision(4);

const megabytes = (bytes: number) => bytes / 1e6;
const percent = (share: number | undefined) => (share === undefined ? null : share * 100);

/** All figures, by name. */
export const COLUMNS = {
  bits: { title: 'bits per weight', value: (row) => row.size.bitsPerWeight, show: fixed(3) },
  matrixBits: {
    title: 'bits per weight of matrices',
    value: (row) => row.size.matrices.bitsPerWeight,
    show: fixed(3),
  },
  megabytes: { title: 'file, MB', value: (row) => megabytes(row.fileBytes), show: fixed(2) },
  natsPerToken: {
    title: 'cross-entropy, nats per token',
    value: (row) => row.quality.natsPerToken,
    show: fixed(4),
  },
  bitsPerByte: { title: 'bits per byte', value: (row) => row.quality.bitsPerByte, show: fixed(4) },
  accuracy: {
    title: 'top-1, % of tokens',
    value: (row) => percent(row.quality.topOneAccuracy),
    show: fixed(2),
  },
  divergence: {
    title: 'KL from reference, nats per token',
    value: (row) => row.quality.reference?.klNatsPerToken ?? null,
    show: significant,
  },
  agreement: {
    title: 'top-1 as reference, %',
    value: (row) => percent(row.quality.reference?.topOneAgreement),
    show: fixed(2),
  },
  tokenRate: {
    title: 'decode, tokens/s',
    value: (row) => row.decodeTokensPerSecond.median,
    show: fixed(1),
  },
  byteRate: { title: 'decode, bytes/s', value: (row) => row.decodeBytesPerSecond.median, show: fixed(1) },
  density: {
    title: 'intelligence density, per GB',
    value: (row) => row.intelligenceDensity,
    show: fixed(2),
  },
} as const satisfies Readonly<Record<string, Column>>;

/** The columns that were measured for at least one row, in order. */
export function measuredColumns(rows: readonly ComparisonRow[]): readonly Column[] {
  return Object.values(COLUMNS).filter((column) => rows.some((row) => column.value(row) !== null));
}

/** A figure for people; a dash where it was not measured. */
export function showFigure(column: Column, row: ComparisonRow): string {
  const value = column.value(row);
  if (value === null) return '–';
  return Number.isFinite(value) ? column.show(value) : String(value);
}
