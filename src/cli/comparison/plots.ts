// Plots of a comparison as SVG text, made by Vega without a browser. Colours are `currentColor` and a variable of the page,
// so that dark mode needs no second picture.
import type { Spec } from 'vega';
import { COLUMNS, type Column } from './columns.ts';
import type { ComparisonRow } from './report.ts';

/** A picture with its caption. */
export interface Plot {
  readonly title: string;
  /** Self-contained, without script. */
  readonly svg: string;
}

interface Pair {
  readonly title: string;
  readonly x: Column;
  readonly y: Column;
}

const SCATTERS: readonly Pair[] = [
  { title: 'Quality against bits per weight', x: COLUMNS.bits, y: COLUMNS.natsPerToken },
  { title: 'Quality against file size', x: COLUMNS.megabytes, y: COLUMNS.bitsPerByte },
  { title: 'Quality against speed', x: COLUMNS.byteRate, y: COLUMNS.bitsPerByte },
];

const BARS: readonly { readonly title: string; readonly x: Column }[] = [
  { title: 'Distance from the reference', x: COLUMNS.divergence },
  { title: 'Intelligence density', x: COLUMNS.density },
];

const SIZE = { width: 460, height: 280 };
const ACCENT = 'var(--accent)';
const TEXT = { fill: { value: 'currentColor' }, fontSize: { value: 12 } };

/** Every plot for which there are figures. Points and bars carry the numbers of the rows, from 1. */
export async function drawPlots(rows: readonly ComparisonRow[]): Promise<readonly Plot[]> {
  const plots: Plot[] = [];
  for (const { title, x, y } of SCATTERS) {
    const points = figures(rows, { x, y });
    if (points.length > 0) plots.push({ title, svg: await render(scatterSpec(points, title, x, y)) });
  }
  for (const { title, x } of BARS) {
    const bars = figures(rows, { x });
    if (bars.length > 0) plots.push({ title, svg: await render(barSpec(bars, title, x)) });
  }
  return plots;
}

interface Figure {
  readonly label: string;
  readonly x: number;
  readonly y: number;
}

function figures(rows: readonly ComparisonRow[], axes: { x: Column; y?: Column }): readonly Figure[] {
  return rows.flatMap((row, index) => {
    const x = axes.x.value(row);
    const y = axes.y ? axes.y.value(row) : 0;
    const isThere = x !== null && y !== null && Number.isFinite(x) && Number.isFinite(y);
    return isThere ? [{ label: String(index + 1), x, y }] : [];
  });
}

async function render(spec: Spec): Promise<string> {
  const { parse, View } = await import('vega');
  const view = new View(parse(spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

function frame(values: readonly Figure[], title: string): Spec {
  return {
    ...SIZE,
    padding: 8,
    autosize: { type: 'fit', contains: 'padding' },
    description: title,
    data: [{ name: 'rows', values: values.map((figure) => ({ ...figure })) }],
    config: {
      axis: {
        labelColor: 'currentColor',
        titleColor: 'currentColor',
        domainColor: 'currentColor',
        tickColor: 'currentColor',
        gridColor: 'currentColor',
        gridOpacity: 0.15,
        labelFont: 'system-ui, sans-serif',
        titleFont: 'system-ui, sans-serif',
        titleFontWeight: 'normal',
      },
    },
  };
}

function scatterSpec(values: readonly Figure[], title: string, x: Column, y: Column): Spec {
  const position = { x: { scale: 'x', field: 'x' }, y: { scale: 'y', field: 'y' } };
  return {
    ...frame(values, title),
    scales: [
      {
        name: 'x',
        type: 'linear',
        domain: { data: 'rows', field: 'x' },
        range: 'width',
        zero: true,
        nice: true,
      },
      {
        name: 'y',
        type: 'linear',
        domain: { data: 'rows', field: 'y' },
        range: 'height',
        zero: false,
        nice: true,
        padding: 12,
      },
    ],
    axes: [
      { orient: 'bottom', scale: 'x', grid: true, title: x.title },
      { orient: 'left', scale: 'y', grid: true, title: y.title },
    ],
    marks: [
      {
        type: 'symbol',
        from: { data: 'rows' },
        encode: { enter: { ...position, size: { value: 70 }, fill: { value: ACCENT } } },
      },
      {
        type: 'text',
        from: { data: 'rows' },
        encode: {
          enter: { ...position, ...TEXT, dx: { value: 8 }, dy: { value: -6 }, text: { field: 'label' } },
        },
      },
    ],
  };
}

function barSpec(values: readonly Figure[], title: string, x: Column): Spec {
  return {
    ...frame(values, title),
    height: 40 + values.length * 26,
    scales: [
      {
        name: 'x',
        type: 'linear',
        domain: { data: 'rows', field: 'x' },
        range: 'width',
        zero: true,
        nice: true,
      },
      { name: 'y', type: 'band', domain: { data: 'rows', field: 'label' }, range: 'height', padding: 0.25 },
    ],
    axes: [
      { orient: 'bottom', scale: 'x', grid: true, title: x.title, tickCount: 6 },
      { orient: 'left', scale: 'y', title: 'row of the table' },
    ],
    marks: [
      {
        type: 'rect',
        from: { data: 'rows' },
        encode: {
          enter: {
            x: { scale: 'x', value: 0 },
            x2: { scale: 'x', field: 'x' },
            y: { scale: 'y', field: 'label' },
            height: { scale: 'y', band: 1 },
            fill: { value: ACCENT },
          },
        },
      },
    ],
  };
}
