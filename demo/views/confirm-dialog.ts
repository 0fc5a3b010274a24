// A question before something that cannot be undone.
import { h } from '../dom.ts';

/** What is asked. */
export interface Question {
  readonly title: string;
  readonly text: string;
  /** Words of the button that goes on. */
  readonly yes: string;
}

/** Asks. @returns true when the person goes on; false for Cancel, Escape and a click beside the dialog */
export function askFirst(question: Question): Promise<boolean> {
  const cancel = h('button', { type: 'submit', class: 'button', value: 'no' }, 'Cancel');
  const yes = h('button', { type: 'submit', class: 'button', value: 'yes' }, question.yes);
  const dialog = h(
    'dialog',
    { class: 'dialog', 'aria-label': question.title },
    h('h2', {}, question.title),
    h('p', {}, question.text),
    h('form', { method: 'dialog', class: 'actions' }, yes, cancel),
  );
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close('no');
  });
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}
