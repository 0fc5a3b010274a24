// Where the time of a token goes: the measured time, split by kernels where they were timed, above the floors.
import type { BenchmarkReport, KernelTime } from 'sterna';
import { h } from '../dom.ts';
import { drawing, svg } from './svg.ts';

/** A part of a bar. */
interface Part {
  readonly label: string;
  readonly seconds: number;
  /** How the number came about. */
  readonly source: 'measured' | 'derived';
  /** Class of its colour. */
  readonly colour: string;
}

/** Units of a bar's drawing, which is stretched to the page. */
const WIDTH = 1000;

/** A figure with both bars and a legend; null when there was no decode test. */
export function createTokenPlot(report: BenchmarkReport): HTMLElement | null {
  const { tokenTime } = report;
  if (tokenTime === null) return null;
  const rows = [
    { title: 'Measured', parts: splitMeasured(tokenTime.total, report.kernels) },
    { title: 'Floors', parts: listFloors(tokenTime) },
  ];
  const sum = (parts: readonly Part[]) => parts.reduce((total, { seconds }) => total + seconds, 0);
  const end = Math.max(...rows.map(({ parts }) => sum(parts)));
  const floors = sum(rows[1].parts);
  return h(
    'figure',
    { class: 'bench-figure' },
    h('figcaption', {}, `Time per token: ${milli(tokenTime.total)} ms`),
    ...rows.flatMap(({ title, parts }) => [drawBar(title, parts, end), createLegend(title, parts)]),
    h('p', { class: 'setting-help' }, explain(tokenTime.total, floors, sum(rows[0].parts))),
  );
}

function explain(total: number, floors: number, measured: number): string {
  const ofFloors =
    floors > total
      ? 'The floors add up to more than the measured time: they overlap on the device.'
      : `The floors explain ${((100 * floors) / total).toFixed(0)} % of the measured time.`;
  // 2 % is within the spread of any of the numbers.
  if (measured <= total * 1.02) return ofFloors;
  return `${ofFloors} Kernels that are timed alone take longer than within a token: something else kept the device busy, or they overlap there.`;
}

function listFloors(time: NonNullable<BenchmarkReport['tokenTime']>): Part[] {
  return [
    { label: 'memory', seconds: time.memory, source: 'derived', colour: 'part-memory' },
    { label: 'dispatches', seconds: time.dispatch, source: 'derived', colour: 'part-dispatch' },
    { label: 'read-back', seconds: time.readBack, source: 'derived', colour: 'part-read-back' },
    { label: 'JavaScript', seconds: time.cpu, source: 'measured', colour: 'part-cpu' },
  ];
}

function splitMeasured(total: number, kernels: readonly KernelTime[]): Part[] {
  if (kernels.length === 0)
    return [{ label: 'whole', seconds: total, source: 'measured', colour: 'part-rest' }];
  const time = (accept: (kernel: string) => boolean) =>
    kernels
      .filter(({ kernel }) => accept(kernel))
      .reduce((sum, { seconds, dispatches }) => sum + seconds.median * dispatches, 0);
  const isProduct = (kernel: string) => /^mat(vec|mul)/.test(kernel);
  const isAttention = (kernel: string) => kernel.startsWith('attention');
  const products = time(isProduct);
  const attention = time(isAttention);
  const others = time((kernel) => !isProduct(kernel) && !isAttention(kernel));
  const rest = Math.max(0, total - products - attention - others);
  return [
    { label: 'matrix products', seconds: products, source: 'measured', colour: 'part-memory' },
    { label: 'attention', seconds: attention, source: 'measured', colour: 'part-read-back' },
    { label: 'other kernels', seconds: others, source: 'measured', colour: 'part-dispatch' },
    { label: 'not in kernels', seconds: rest, source: 'derived', colour: 'part-rest' },
  ];
}

function drawBar(title: string, parts: readonly Part[], end: number): Element {
  let x = 0;
  const bars = parts.map(({ label, seconds, colour }) => {
    const width = (seconds / end) * WIDTH;
    const bar = svg(
      'rect',
      { x, y: 0, width, height: 1, class: colour },
      svg('title', {}, `${label}: ${milli(seconds)} ms`),
    );
    x += width;
    return bar;
  });
  const label = `${title}: ${parts.map(describe).join(', ')}.`;
  const bar = drawing(WIDTH, 1, label, ...bars);
  bar.setAttribute('preserveAspectRatio', 'none');
  bar.classList.add('plot-bar');
  return bar;
}

function createLegend(title: string, parts: readonly Part[]): HTMLElement {
  return h(
    'p',
    { class: 'legend' },
    h('strong', {}, `${title}: `),
    ...parts.map((part) => h('span', { class: `legend-item ${part.colour}` }, describe(part))),
  );
}

function describe({ label, seconds, source }: Part): string {
  return `${label} ${milli(seconds)} ms (${source})`;
}

function milli(seconds: number): string {
  return (seconds * 1000).toPrecision(3);
}
