// What stands in place of a conversation: who this is, and things to try.
import { button, h, icon } from '../dom.ts';
import { DEFAULT_MODEL_NAME } from '../state/model-choice.ts';

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
  /** Says which model answers. @param isDefault whether it is the one that the page comes with */
  setModel(name: string, isDefault: boolean): void;
}

/** What the greeting reports. */
export interface EmptyViewCallbacks {
  /** Gets the text of the suggestion that was chosen. */
  readonly onSuggestion: (text: string) => void;
  readonly onChooseModel: () => void;
  readonly onDefaultModel: () => void;
}

const DEFAULT_TITLE = 'A small model, all yours';
const DEFAULT_LEAD =
  'Sterna Chat makes small talk, does sums, explains words and tells short stories. It is tiny, and can be wrong.';
const OTHER_LEAD = 'This is not the model that the page comes with. It can be wrong.';

/** Creates the greeting of the model that the page comes with. */
export function createEmptyView(callbacks: EmptyViewCallbacks): EmptyView {
  const buttons = SUGGESTIONS.map((text) => {
    const element = h('button', { type: 'button', class: 'suggestion' }, text);
    element.addEventListener('click', () => callbacks.onSuggestion(text));
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
  const title = h('h2', {}, DEFAULT_TITLE);
  const lead = h('p', { class: 'lead' }, DEFAULT_LEAD);
  const goBack = button({
    label: `Back to ${DEFAULT_MODEL_NAME}`,
    className: 'quiet',
    onClick: callbacks.onDefaultModel,
  });
  goBack.hidden = true;
  const choose = button({
    label: 'Choose another model',
    icon: 'model',
    className: 'quiet',
    onClick: callbacks.onChooseModel,
  });
  const element = h(
    'section',
    { class: 'empty', 'aria-label': 'Welcome' },
    h('div', { class: 'empty-mark' }, icon('tern')),
    title,
    lead,
    privacy,
    slot,
    suggestions,
    h('div', { class: 'model-choice' }, goBack, choose),
  );
  const setReady = (isReady: boolean): void => {
    suggestions.hidden = !isReady;
  };
  setReady(false);
  return {
    element,
    slot,
    setReady,
    setModel(name, isDefault) {
      title.textContent = isDefault ? DEFAULT_TITLE : name;
      lead.textContent = isDefault ? DEFAULT_LEAD : OTHER_LEAD;
      goBack.hidden = isDefault;
    },
  };
}
