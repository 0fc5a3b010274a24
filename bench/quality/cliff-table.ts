// The cliff table as Markdown, and its place in the document.
import { BASELINE, type CliffRow } from './cliff-rows.ts';

/** What was measured of a row; all null with a problem. */
export interface CliffResult {
  readonly row: CliffRow;
  readonly natsPerByte: number | null;
  readonly topOneAccuracy: number | null;
  readonly matrixBits: number | null;
  readonly bits: number | null;
  readonly fileBytes: number | null;
  /** Why the row was not measured. */
  readonly problem: string | null;
}

const BEGIN = '<!-- table: begin -->';
const END = '<!-- table: end -->';

/** Rows in order; percentages are against the row of BASELINE, blank where that was not measured. */
export function formatCliffTable(results: readonly CliffResult[]): string {
  const baseline = results.find(({ row }) => row.name === BASELINE);
  const lines = results.map((result) => formatRow(result, baseline?.natsPerByte ?? null));
  return [
    '| checkpoint | rounding | nats per byte | against 16-bit | top-1 | bits per weight: matrices, all | file, kB | Veritate |',
    '|---|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

function formatRow(result: CliffResult, baseline: number | null): string {
  const { row, natsPerByte, topOneAccuracy, matrixBits, bits, fileBytes, problem } = result;
  const name = [row.checkpoint, row.name];
  if (natsPerByte === null || topOneAccuracy === null || fileBytes === null) {
    return cells([...name, `not measured: ${problem}`, '', '', '', '', row.veritate ?? '']);
  }
  return cells([
    ...name,
    natsPerByte.toFixed(4),
    baseline === null ? '' : showChange(natsPerByte, baseline),
    `${(topOneAccuracy * 100).toFixed(1)} %`,
    `${matrixBits?.toFixed(2)}, ${bits?.toFixed(2)}`,
    (fileBytes / 1000).toFixed(0),
    row.veritate ?? '',
  ]);
}

function showChange(value: number, baseline: number): string {
  const difference = value - baseline;
  const sign = difference < 0 ? '−' : '+';
  const share = Math.abs((difference / baseline) * 100);
  return `${sign}${Math.abs(difference).toFixed(4)}, ${sign}${share.toFixed(share < 10 ? 1 : 0)} %`;
}

function cells(texts: readonly string[]): string {
  return `| ${texts.map((text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

/** The document with the table between its two marks. @throws Error when the marks are missing */
export function replaceTable(document: string, table: string): string {
  const from = document.indexOf(BEGIN);
  const to = document.indexOf(END);
  if (from < 0 || to < from) throw new Error(`the document needs the marks ${BEGIN} and ${END}`);
  return `${document.slice(0, from + BEGIN.length)}\n\n${table}\n\n${document.slice(to)}`;
}
