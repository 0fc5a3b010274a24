// Results as files: writing them, and reading those of others, which are untrusted.
import { BENCHMARK_VERSION, type BenchmarkReport } from 'sterna';
import { parseQuality, QUALITY_FORMAT, type QualityMeasurement } from './quality-file.ts';
import { REPORT_SHAPE } from './report-shape.ts';
import { saveJson } from './save-json.ts';
import { findMismatch } from './shape-check.ts';

const MAX_FILE_BYTES = 1_000_000;

/** A report, measurements of quality, or a sentence that says what is wrong with the file. */
export type ReadReport =
  | { readonly report: BenchmarkReport }
  | { readonly measurements: readonly QualityMeasurement[] }
  | { readonly problem: string };

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
  if (head.format === QUALITY_FORMAT) return parseQuality(value);
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

/** Name of the file that a report is saved as. */
export function reportFileName({ date, model }: BenchmarkReport): string {
  const name = model.id.toLowerCase().replaceAll(/[^a-z0-9.-]+/g, '-');
  return `sterna-benchmark-${name}-${date.slice(0, 16).replaceAll(/[:T]/g, '-')}.json`;
}

/** Lets the browser save a report. */
export function saveReport(report: BenchmarkReport): void {
  saveJson(report, reportFileName(report));
}
