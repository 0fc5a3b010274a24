// Results as files: writing them, and reading those of others, which are untrusted.
import { BENCHMARK_VERSION, type BenchmarkReport } from 'sterna';
import { REPORT_SHAPE, type Shape } from './report-shape.ts';

const MAX_FILE_BYTES = 1_000_000;
const MAX_ENTRIES = 500;
const MAX_TEXT = 1000;

/** A report, or a sentence that says what is wrong with the file. */
export type ReadReport = { readonly report: BenchmarkReport } | { readonly problem: string };

/** Reads a file that this page or `sterna bench --json` wrote. Never throws. */
export async function readReportFile(file: File): Promise<ReadReport> {
  if (file.size > MAX_FILE_BYTES)
    return { problem: 'The file is larger than any result. Choose another one.' };
  try {
    return parseReport(await file.text());
  } catch {
    return { problem: 'The file cannot be read. Choose another one.' };
  }
}

/** Checks the text of a file against the format. */
export function parseReport(text: string): ReadReport {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'The file is no JSON. Choose a file that this page saved.' };
  }
  const head = (value ?? {}) as Record<string, unknown>;
  if (head.format !== 'sterna-benchmark') {
    return { problem: 'The file is no result of this benchmark. Choose a file that this page saved.' };
  }
  if (head.version !== BENCHMARK_VERSION) {
    return {
      problem: `The result has version ${String(head.version).slice(0, 20)}; this page reads ${BENCHMARK_VERSION}. Measure it again.`,
    };
  }
  const wrong = findMismatch(value, REPORT_SHAPE, 'result');
  return wrong === null
    ? { report: value as BenchmarkReport }
    : { problem: `The file is damaged: ${wrong}.` };
}

/** @returns what differs from the shape first, or null */
function findMismatch(value: unknown, shape: Shape, path: string): string | null {
  if (shape === 'number')
    return typeof value === 'number' && Number.isFinite(value) ? null : `${path} is no number`;
  if (shape === 'string') {
    return typeof value === 'string' && value.length <= MAX_TEXT ? null : `${path} is no short text`;
  }
  if (shape === 'boolean') return typeof value === 'boolean' ? null : `${path} is neither true nor false`;
  if ('nullable' in shape) return value === null ? null : findMismatch(value, shape.nullable, path);
  if ('list' in shape) {
    if (!Array.isArray(value) || value.length > MAX_ENTRIES) return `${path} is no list`;
    return firstMismatch(value.map((entry, index) => [entry, shape.list, `${path}[${index}]`]));
  }
  if (typeof value !== 'object' || value === null) return `${path} is missing`;
  const record = value as Record<string, unknown>;
  return firstMismatch(
    Object.entries(shape.fields).map(([name, field]) => [record[name], field, `${path}.${name}`]),
  );
}

function firstMismatch(parts: readonly (readonly [unknown, Shape, string])[]): string | null {
  for (const [value, shape, path] of parts) {
    const wrong = findMismatch(value, shape, path);
    if (wrong !== null) return wrong;
  }
  return null;
}

/** Name of the file that a report is saved as. */
export function reportFileName({ date, model }: BenchmarkReport): string {
  const name = model.id.toLowerCase().replaceAll(/[^a-z0-9.-]+/g, '-');
  return `sterna-benchmark-${name}-${date.slice(0, 16).replaceAll(/[:T]/g, '-')}.json`;
}

/** Lets the browser save a report. */
export function saveReport(report: BenchmarkReport): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(report, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = reportFileName(report);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
