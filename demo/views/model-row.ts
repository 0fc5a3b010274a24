// One model of the picker: name, facts, whether it fits, what of it is on the device, and its buttons.
import { button, h, icon } from '../dom.ts';
import type { ModelRow } from '../state/model-list.ts';

/** What a row reports. */
export interface ModelRowCallbacks {
  readonly onChoose: () => void;
  readonly onRemove: (key: string) => void;
}

/** @param isCurrent whether this is the model that the page uses now */
export function createModelRow(row: ModelRow, isCurrent: boolean, callbacks: ModelRowCallbacks): HTMLElement {
  const { choice, facts, fit, stored } = row;
  const name = h('p', { class: 'model-name' }, choice.name);
  const words = h('div', { class: 'model-words' }, name, h('p', { class: 'model-facts' }, facts));
  if (fit) {
    const sign = fit.verdict === 'fits' ? 'check' : fit.verdict === 'too-large' ? 'warning' : 'info';
    words.append(h('p', { class: `model-fit fit-${fit.verdict}` }, icon(sign), h('span', {}, fit.label)));
  }
  const actions = h('div', { class: 'model-actions' });
  if (isCurrent) actions.append(h('span', { class: 'model-current' }, 'In use'));
  else if (fit?.verdict !== 'unsupported') {
    const load = button({ label: 'Load', onClick: callbacks.onChoose });
    load.append(h('span', { class: 'visually-hidden' }, ` ${choice.name}`));
    actions.append(load);
  }
  const item = h('li', { class: 'model' }, words, actions);
  if (stored) {
    const remove = button({
      label: `Remove ${choice.name} from this device`,
      icon: 'trash',
      iconOnly: true,
      className: 'quiet',
      onClick: () => callbacks.onRemove(stored.key),
    });
    item.append(h('div', { class: 'model-stored' }, h('span', {}, stored.label), remove));
  }
  return item;
}
