// The frame of the dialogs at the side of the page: a title, a close button, groups below each other.
import { button, h } from '../dom.ts';

/** Creates a closed panel. A click beside it closes it. Open it with `showModal()`. */
export function createPanel(title: string, content: readonly HTMLElement[]): HTMLDialogElement {
  const close = button({
    label: 'Close',
    icon: 'close',
    iconOnly: true,
    className: 'quiet',
    onClick: () => dialog.close(),
  });
  const head = h('div', { class: 'panel-head' }, h('h2', {}, title), close);
  const body = h('div', { class: 'panel-body' }, ...content);
  const dialog = h('dialog', { class: 'panel', 'aria-label': title }, head, body);
  // A click beside the panel lands on the dialog itself.
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  return dialog;
}

/** A part of a panel under its own heading. */
export function createGroup(title: string, content: readonly HTMLElement[]): HTMLElement {
  return h('section', { class: 'panel-group' }, h('h3', {}, title), ...content);
}
