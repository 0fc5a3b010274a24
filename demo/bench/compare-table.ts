// Several results side by side, each beside its ratio to the first.
import { type BenchmarkReport, deviceName, formatRate } from 'sterna';
import { createDataTable } from './data-table.ts';

/** A table with one row per test that any result has. @param names one per report */
export function createCompareTable(
  reports: readonly BenchmarkReport[],
  names: readonly string[],
): HTMLElement {
  const keys = [...new Set(reports.flatMap(({ tests }) => tests.map(keyOf)))];
  return createDataTable({
    caption: 'Results side by side: tokens per second, median, and the ratio to the first',
    columns: ['Test', ...names.map((name) => `#${name}`)],
    rows: [
      ...keys.map((key) => [key, ...reports.map((report) => compare(report, reports[0], key))]),
      ['Device', ...reports.map(deviceName)],
      ['Commit', ...reports.map(({ commit }) => commit)],
    ],
  });
}

/** A test by what must be equal for a comparison. */
export function keyOf({ name, depth }: BenchmarkReport['tests'][number]): string {
  return depth > 0 ? `${name} at ${depth}` : name;
}

function compare(report: BenchmarkReport, first: BenchmarkReport, key: string): string {
  const rate = findRate(report, key);
  if (rate === null) return '–';
  const base = findRate(first, key);
  const ratio = report === first || base === null ? '' : ` (× ${(rate / base).toFixed(2)})`;
  return formatRate(rate) + ratio;
}

function findRate({ tests }: BenchmarkReport, key: string): number | null {
  return tests.find((test) => keyOf(test) === key)?.tokensPerSecond.median ?? null;
}
