// Speed against depth of the context: one line per result and decode test.
import type { BenchmarkReport } from 'sterna';
import { h } from '../dom.ts';
import { drawing, niceEnd, svg } from './svg.ts';

/** One line. */
interface Line {
  readonly name: string;
  readonly points: readonly { readonly depth: number; readonly rate: number }[];
}

const WIDTH = 640;
const HEIGHT = 260;
const LEFT = 56;
const BOTTOM = 34;
const TOP = 12;
/** As many colours as bench.css has for lines. */
const COLOURS = 5;

/** A figure, or null when no result has a decode test at two depths. @param names one per report */
export function createSweepPlot(
  reports: readonly BenchmarkReport[],
  names: readonly string[],
): HTMLElement | null {
  const lines = reports.flatMap((report, index) => linesOf(report, names[index]));
  if (lines.length === 0) return null;
  const points = lines.flatMap((line) => line.points);
  const endX = niceEnd(Math.max(...points.map(({ depth }) => depth)));
  const endY = niceEnd(Math.max(...points.map(({ rate }) => rate)));
  const x = (depth: number) => LEFT + (depth / endX) * (WIDTH - LEFT - 12);
  const y = (rate: number) => HEIGHT - BOTTOM - (rate / endY) * (HEIGHT - BOTTOM - TOP);
  const label = lines
    .map(
      ({ name, points: own }) => `${name}: ${own.map((p) => `${format(p.rate)} at ${p.depth}`).join(', ')}.`,
    )
    .join(' ');
  const drawn = lines.flatMap(({ points: own }, index) => {
    const colour = `line-${index % COLOURS}`;
    const path = own.map(({ depth, rate }) => `${x(depth)},${y(rate)}`).join(' ');
    const dots = own.map(({ depth, rate }) =>
      svg(
        'circle',
        { cx: x(depth), cy: y(rate), r: 4, class: colour },
        svg('title', {}, `${format(rate)} tokens/s at depth ${depth}`),
      ),
    );
    return [svg('polyline', { points: path, class: `plot-line ${colour}` }), ...dots];
  });
  const axes = [0, 0.5, 1].flatMap((share) => [
    svg('line', { x1: LEFT, x2: WIDTH - 12, y1: y(share * endY), y2: y(share * endY), class: 'plot-grid' }),
    svg('text', { x: LEFT - 8, y: y(share * endY) + 5, class: 'plot-text end' }, format(share * endY)),
    svg('text', { x: x(share * endX), y: HEIGHT - 12, class: 'plot-text middle' }, String(share * endX)),
  ]);
  const legend = lines.map(({ name }, index) =>
    h('span', { class: `legend-item line-${index % COLOURS}` }, name),
  );
  return h(
    'figure',
    { class: 'bench-figure' },
    h('figcaption', {}, 'Tokens per second by depth of the context'),
    drawing(WIDTH, HEIGHT, label, ...axes, ...drawn),
    h('p', { class: 'legend' }, ...legend),
  );
}

function linesOf({ tests }: BenchmarkReport, name: string): Line[] {
  const decode = tests.filter(({ kind }) => kind === 'decode');
  return [...new Set(decode.map((test) => test.name))]
    .map((test) => ({
      name: `${name}, ${test}`,
      points: decode
        .filter((entry) => entry.name === test)
        .map(({ depth, tokensPerSecond }) => ({ depth, rate: tokensPerSecond.median }))
        .sort((a, b) => a.depth - b.depth),
    }))
    .filter(({ points }) => points.length > 1);
}

function format(rate: number): string {
  return rate >= 100 || rate === 0 ? rate.toFixed(0) : rate.toPrecision(3);
}
