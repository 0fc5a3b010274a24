// One figure against another: a numbered point per model.
import { h } from '../dom.ts';
import { drawing, niceEnd, svg } from './svg.ts';

/** A point; `label` is the number of its row. */
export interface ScatterPoint {
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

/** What the axes are. */
export interface ScatterAxes {
  readonly caption: string;
  /** With the unit. */
  readonly x: string;
  readonly y: string;
}

const WIDTH = 480;
const HEIGHT = 260;
const LEFT = 56;
const RIGHT = 28;
const TOP = 16;
const BOTTOM = 34;
const COLOURS = 5;

/** A figure; both axes begin at 0. Null without points. */
export function createScatterPlot(
  points: readonly ScatterPoint[],
  { caption, x: xTitle, y: yTitle }: ScatterAxes,
): HTMLElement | null {
  if (points.length === 0) return null;
  const endX = niceEnd(Math.max(...points.map((point) => point.x)));
  const endY = niceEnd(Math.max(...points.map((point) => point.y)));
  const x = (value: number) => LEFT + (value / endX) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => HEIGHT - BOTTOM - (value / endY) * (HEIGHT - BOTTOM - TOP);
  const axes = [0, 0.5, 1].flatMap((share) => [
    svg('line', {
      x1: LEFT,
      x2: WIDTH - RIGHT,
      y1: y(share * endY),
      y2: y(share * endY),
      class: 'plot-grid',
    }),
    svg('text', { x: LEFT - 8, y: y(share * endY) + 5, class: 'plot-text end' }, format(share * endY)),
    svg('text', { x: x(share * endX), y: HEIGHT - 12, class: 'plot-text middle' }, format(share * endX)),
  ]);
  const marks = points.flatMap((point, index) => [
    svg(
      'circle',
      { cx: x(point.x), cy: y(point.y), r: 5, class: `line-${index % COLOURS}` },
      svg('title', {}, `${point.label}: ${format(point.x)} ${xTitle}, ${format(point.y)} ${yTitle}`),
    ),
    svg('text', { x: x(point.x) + 8, y: y(point.y) - 6, class: 'plot-text' }, point.label),
  ]);
  const label = points
    .map((point) => `Row ${point.label}: ${format(point.x)} ${xTitle}, ${format(point.y)} ${yTitle}.`)
    .join(' ');
  return h(
    'figure',
    { class: 'bench-figure' },
    h('figcaption', {}, caption),
    drawing(WIDTH, HEIGHT, label, ...axes, ...marks),
    h('p', { class: 'setting-help' }, `Across: ${xTitle}. Up: ${yTitle}.`),
  );
}

function format(value: number): string {
  return String(Number(value.toPrecision(3)));
}
