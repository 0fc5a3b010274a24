// The keyboard, explained.
import { h } from '../dom.ts';

const SHORTCUTS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['Enter'], 'Send the message'],
  [['Shift', 'Enter'], 'New line'],
  [['Esc'], 'Stop the answer'],
  [['/'], 'Go to the message field'],
  [['Alt', 'N'], 'New chat'],
  [['Alt', 'R'], 'Answer again'],
  [['Alt', 'M'], 'Models'],
  [['Alt', 'S'], 'Settings'],
  [['?'], 'This list'],
];

/** Creates the dialog, closed. Open it with `showModal()`. */
export function createHelpDialog(): HTMLDialogElement {
  const rows = SHORTCUTS.flatMap(([keys, what]) => [
    h('dt', {}, ...keys.map((key) => h('kbd', {}, key))),
    h('dd', {}, what),
  ]);
  const close = h('button', { type: 'submit', class: 'button' }, 'Close');
  return h(
    'dialog',
    { class: 'dialog', 'aria-label': 'Keyboard' },
    h('h2', {}, 'Keyboard'),
    h('dl', { class: 'shortcuts' }, ...rows),
    h('form', { method: 'dialog', class: 'actions' }, close),
  );
}
