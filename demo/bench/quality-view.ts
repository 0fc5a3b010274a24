// The measurements of quality, one row each, with plots. Rows stay until they are removed, and can be saved as a file.
import { deviceName } from 'sterna';
import { button, h } from '../dom.ts';
import { formatBytes } from '../state/format-units.ts';
import { createDataTable } from './data-table.ts';
import { densityOf, type QualityMeasurement, saveQuality } from './quality-file.ts';
import { createScatterPlot } from './scatter-plot.ts';

/** The view. */
export interface QualityView {
  readonly element: HTMLElement;
  add(measurements: readonly QualityMeasurement[]): void;
}

/** Creates the view, hidden until there is a row. */
export function createQualityView(): QualityView {
  const element = h('section', { class: 'bench-quality', 'aria-label': 'Quality results', hidden: true });
  let rows: readonly QualityMeasurement[] = [];
  const show = (next: readonly QualityMeasurement[]): void => {
    rows = next;
    element.hidden = rows.length === 0;
    const actions = h(
      'div',
      { class: 'actions' },
      button({ label: 'Save as JSON', onClick: () => saveQuality(rows) }),
      button({ label: 'Remove last', icon: 'trash', onClick: () => show(rows.slice(0, -1)) }),
    );
    element.replaceChildren(
      h('h2', {}, 'Quality'),
      createFigureTable(rows),
      h('p', { class: 'setting-help' }, explain(rows)),
      h('div', { class: 'plots' }, ...createPlots(rows).filter((plot) => plot !== null)),
      h('details', {}, h('summary', {}, 'Texts and devices'), createConditionTable(rows)),
      actions,
    );
  };
  return { element, add: (measurements) => show([...rows, ...measurements]) };
}

/** Whether rows may be compared: the same text, cut the same way. */
export function isComparable(rows: readonly QualityMeasurement[]): boolean {
  const conditions = rows.map(({ text, quality }) =>
    [text.sha256, quality.windowTokens, quality.strideTokens].join(),
  );
  return new Set(conditions).size <= 1;
}

function explain(rows: readonly QualityMeasurement[]): string {
  const density =
    'Density: negative logarithm of the share of wrong first guesses, per gigabyte of file. Scoring reads many tokens at once; decode writes one after the other.';
  return isComparable(rows)
    ? density
    : `The rows are of different texts or windows: their quality cannot be compared. ${density}`;
}

function createFigureTable(rows: readonly QualityMeasurement[]): HTMLElement {
  return createDataTable({
    caption: 'How well the text was foretold; fewer bits per byte are better, whatever the vocabulary',
    columns: [
      'Model',
      ...['Bits per byte', 'Nats per token', 'Perplexity', 'First guess right'],
      ...['Bits per weight', 'File', 'Density', 'Scoring, tokens/s', 'Decode, bytes/s', 'Tokens', 'Bytes'],
    ].map((name, index) => (index === 0 ? name : `#${name}`)),
    rows: rows.map((row, index) => {
      const { model, quality, decode } = row;
      return [
        `${index + 1}: ${model.name}`,
        quality.bitsPerByte.toFixed(3),
        `${quality.natsPerToken.toFixed(3)} ± ${quality.standardError.toFixed(3)}`,
        quality.perplexity.toPrecision(4),
        `${(quality.topOneAccuracy * 100).toFixed(1)} %`,
        model.bitsPerWeight.toFixed(2),
        formatBytes(model.fileBytes),
        finite(densityOf(row)),
        quality.tokensPerSecond.toFixed(0),
        decode === null ? '–' : decode.bytesPerSecond.toFixed(0),
        String(quality.tokens),
        String(quality.bytes),
      ];
    }),
  });
}

function createConditionTable(rows: readonly QualityMeasurement[]): HTMLElement {
  return createDataTable({
    caption: 'What was measured where',
    columns: ['Row', 'Text', '#Window', '#Windows', 'Head, arithmetic, cache', 'Device', 'Date'],
    rows: rows.map(({ text, quality, settings, adapter, date }, index) => [
      String(index + 1),
      `${text.name} (${text.sha256.slice(0, 8)})`,
      String(quality.windowTokens),
      String(quality.windows),
      settings === null ? 'not recorded' : [settings.head, settings.arithmetic, settings.kvCache].join(', '),
      deviceName({ device: { adapter } }),
      date.slice(0, 16).replace('T', ' '),
    ]),
  });
}

function createPlots(rows: readonly QualityMeasurement[]): (HTMLElement | null)[] {
  const points = (x: (row: QualityMeasurement) => number | null, y = bitsPerByte) =>
    rows.flatMap((row, index) => {
      const across = x(row);
      return across !== null && Number.isFinite(across) && Number.isFinite(y(row))
        ? [{ label: String(index + 1), x: across, y: y(row) }]
        : [];
    });
  const y = 'bits per byte';
  return [
    createScatterPlot(
      points(({ model }) => model.bitsPerWeight),
      { caption: 'Quality against bits per weight', x: 'bits per weight', y },
    ),
    createScatterPlot(
      points(({ model }) => model.fileBytes / 1e6),
      { caption: 'Quality against file size', x: 'MB', y },
    ),
    createScatterPlot(
      points(({ decode }) => decode?.bytesPerSecond ?? null),
      { caption: 'Quality against speed', x: 'bytes per second, decode', y },
    ),
    createScatterPlot(
      points(({ model }) => model.fileBytes / 1e6, densityOf),
      {
        caption: 'Intelligence density',
        x: 'MB',
        y: 'density per GB',
      },
    ),
  ];
}

function bitsPerByte({ quality }: QualityMeasurement): number {
  return quality.bitsPerByte;
}

function finite(value: number): string {
  return Number.isFinite(value) ? value.toPrecision(3) : '–';
}
