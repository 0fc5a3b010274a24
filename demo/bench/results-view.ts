// The results of this visit and those that were imported, newest first, with a comparison once there are two.
import { type BenchmarkReport, benchmarkMarkdown, describeTextSpeed } from 'sterna';
import { button, h } from '../dom.ts';
import { copyText } from '../views/copy-text.ts';
import { createCompareTable } from './compare-table.ts';
import { saveReport } from './report-file.ts';
import {
  createConditionTable,
  createCountTable,
  createKernelTable,
  createTestTable,
  createTuningTable,
} from './result-tables.ts';
import { createSweepPlot } from './sweep-plot.ts';
import { createTokenPlot } from './token-plot.ts';

/** All results. */
export interface ResultsView {
  readonly element: HTMLElement;
  /** @param origin where it comes from: a file name, or `Measured now` */
  add(report: BenchmarkReport, origin: string): void;
}

interface Entry {
  readonly report: BenchmarkReport;
  readonly name: string;
  readonly element: HTMLElement;
}

/** Creates the view, empty. */
export function createResultsView(): ResultsView {
  const overview = h('section', { class: 'bench-overview', 'aria-label': 'Comparison', hidden: true });
  const list = h('div', { class: 'bench-results' });
  const entries: Entry[] = [];
  let count = 0;

  const showOverview = (): void => {
    const reports = entries.map(({ report }) => report);
    const names = entries.map(({ name }) => name);
    const sweep = createSweepPlot(reports, names);
    const table = entries.length > 1 ? createCompareTable(reports, names) : null;
    overview.replaceChildren(...[table, sweep].filter((part) => part !== null));
    overview.hidden = overview.childElementCount === 0;
  };
  return {
    element: h('div', {}, overview, list),
    add(report, origin) {
      count += 1;
      const name = `${count}: ${report.model.id}`;
      const element = createResult(report, name, origin, () => {
        entries.splice(
          entries.findIndex((entry) => entry.element === element),
          1,
        );
        element.remove();
        showOverview();
      });
      entries.push({ report, name, element });
      list.prepend(element);
      showOverview();
    },
  };
}

function createResult(
  report: BenchmarkReport,
  name: string,
  origin: string,
  onRemove: () => void,
): HTMLElement {
  const actions = h(
    'div',
    { class: 'actions' },
    button({
      label: 'Copy summary',
      icon: 'copy',
      onClick: () => void copyText(benchmarkMarkdown(report), 'Summary'),
    }),
    button({ label: 'Save as JSON', onClick: () => saveReport(report) }),
    button({ label: 'Remove', icon: 'trash', onClick: onRemove }),
  );
  const skipped =
    report.skipped.length > 0 ? `Left out, the context is too short: ${report.skipped.join(', ')}.` : '';
  const random = report.model.synthetic
    ? 'Random weights: the speed is that of the shape, the answers are noise. '
    : '';
  const kernels = createKernelTable(report);
  const tuning = createTuningTable(report);
  return h(
    'section',
    { class: 'bench-result', 'aria-label': `Result ${name}` },
    h('h2', {}, `${name.split(':')[0]}: ${report.model.name}`),
    h('p', { class: 'setting-help' }, `${origin}. ${random}${skipped}`),
    createTestTable(report),
    report.textSpeed && h('p', { class: 'setting-help' }, `${describeTextSpeed(report.textSpeed)}.`),
    createTokenPlot(report),
    createCountTable(report),
    kernels && h('details', {}, h('summary', {}, 'Kernels'), kernels),
    tuning && h('details', {}, h('summary', {}, 'Autotuner'), tuning),
    h('details', {}, h('summary', {}, 'Device and conditions'), createConditionTable(report)),
    actions,
  );
}
