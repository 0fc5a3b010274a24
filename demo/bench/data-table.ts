// A table of texts with a caption, which scrolls sideways on narrow screens.
import { type Child, h } from '../dom.ts';

/** A table. */
export interface DataTable {
  readonly caption: string;
  /** Headings; those of numbers begin with `#`, which is not shown. */
  readonly columns: readonly string[];
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly Child[])[];
}

/** Creates the table in a focusable region, so that it can be scrolled by keyboard. */
export function createDataTable({ caption, columns, rows }: DataTable): HTMLElement {
  const isNumber = columns.map((column) => column.startsWith('#'));
  const align = (index: number) => (isNumber[index] ? 'number' : null);
  const head = columns.map((column, index) =>
    h('th', { scope: 'col', class: align(index) }, column.replace(/^#/, '')),
  );
  const body = rows.map((cells) =>
    h(
      'tr',
      {},
      ...cells.map((cell, index) =>
        index === 0
          ? h('th', { scope: 'row', class: align(index) }, cell)
          : h('td', { class: align(index) }, cell),
      ),
    ),
  );
  const table = h(
    'table',
    {},
    h('caption', {}, caption),
    h('thead', {}, h('tr', {}, ...head)),
    h('tbody', {}, ...body),
  );
  return h('div', { class: 'table-scroll', role: 'region', 'aria-label': caption, tabindex: 0 }, table);
}
