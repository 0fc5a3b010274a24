// What stands in place of a conversation: who this is, and things to try.
import { h, icon } from '../dom.ts';

/** Things that a model of this size does well: see its model card. */
const SUGGESTIONS: readonly string[] = [
  'Tell me a short story.',
  'What is 7 times 6?',
  'My dog is called Rex.',
  'What is a volcano?',
  'What is the capital of Portugal?',
  'Tell me a joke.',
];

/** The greeting of an empty chat. */
export interface EmptyView {
  readonly element: HTMLElement;
  /** The load view goes here until the model is ready. */
  readonly slot: HTMLElement;
  /** Whether the suggestions can be used. */
  setReady(isReady: boolean): void;
}

/** Creates the greeting. `onSuggestion` gets the text of the one that was chosen. */
export function createEmptyView(onSuggestion: (text: string) => void): EmptyView {
  const buttons = SUGGESTIONS.map((text) => {
    const element = h('button', { type: 'button', class: 'suggestion' }, text);
    element.addEventListener('click', () => onSuggestion(text));
    return element;
  });
  const slot = h('div', { class: 'load-slot' });
  const privacy = h('p', { class: 'privacy' }, icon('lock'));
  privacy.append(' The model runs on this device. Nothing you write leaves it.');
  const suggestions = h(
    'div',
    { class: 'suggestions', role: 'group', 'aria-label': 'Things to try' },
    ...buttons,
  );
  const element = h(
    'section',
    { class: 'empty', 'aria-label': 'Welcome' },
    h('div', { class: 'empty-mark' }, icon('tern')),
    h('h2', {}, 'A small model, all yours'),
    h(
      'p',
      { class: 'lead' },
      'Sterna Chat makes small talk, does sums, explains words and tells short stories. It is tiny, and can be wrong.',
    ),
    privacy,
    slot,
    suggestions,
  );
  const setReady = (isReady: boolean): void => {
    suggestions.hidden = !isReady;
  };
  setReady(false);
  return { element, slot, setReady };
}
