// Where a person writes. Enter sends, Shift+Enter breaks the line, and an input method's Enter does neither.
import { button, h, setButtonIcon, setIconButtonLabel } from '../dom.ts';

/** `loading` and `failed`: one can write but not send; `ready`; `answering`: the button stops the answer. */
export type ComposerState = 'loading' | 'failed' | 'ready' | 'answering';

/** The message field and its button. */
export interface Composer {
  readonly element: HTMLFormElement;
  setState(state: ComposerState): void;
  focus(): void;
  /** Puts text into the field, for editing. */
  setText(text: string): void;
}

const PLACEHOLDERS: Readonly<Record<ComposerState, string>> = {
  loading: 'Write while it loads',
  failed: 'No model is loaded',
  ready: 'Write a message',
  answering: 'Write a message',
};

/** Longest message in characters; more would not fit any context that the page offers. */
const MAX_CHARACTERS = 20_000;

/**
 * @param callbacks.onSend gets the trimmed, non-empty text; the field is emptied
 * @param callbacks.onStop the answer should end
 */
export function createComposer(callbacks: { onSend: (text: string) => void; onStop: () => void }): Composer {
  let state: ComposerState = 'loading';
  const field = h('textarea', {
    id: 'message',
    class: 'composer-field',
    rows: 1,
    'aria-label': 'Message',
    maxlength: MAX_CHARACTERS,
    enterkeyhint: 'send',
    autocomplete: 'off',
  });
  const onPress = (): void => {
    if (state === 'answering') callbacks.onStop();
    else send();
  };
  const action = button({
    label: 'Send',
    icon: 'send',
    iconOnly: true,
    className: 'primary',
    onClick: onPress,
  });
  const element = h('form', { class: 'composer' }, field, action);

  const update = (): void => {
    const isAnswering = state === 'answering';
    action.classList.toggle('stopping', isAnswering);
    setButtonIcon(action, isAnswering ? 'stop' : 'send');
    setIconButtonLabel(action, isAnswering ? 'Stop the answer (Esc)' : 'Send (Enter)');
    // aria-disabled keeps the button focusable, so that the focus is not lost when an answer ends.
    const isBlocked = !isAnswering && (state !== 'ready' || field.value.trim() === '');
    action.setAttribute('aria-disabled', String(isBlocked));
    field.placeholder = PLACEHOLDERS[state];
    fitHeight(field);
  };
  const send = (): void => {
    const text = field.value.trim();
    if (state !== 'ready' || text === '') return;
    field.value = '';
    update();
    callbacks.onSend(text);
  };

  field.addEventListener('input', update);
  field.addEventListener('keydown', (event) => {
    // keyCode 229: Safari reports the Enter that ends a composition after isComposing is false again.
    const isComposing = event.isComposing || event.keyCode === 229;
    if (event.key !== 'Enter' || event.shiftKey || isComposing) return;
    event.preventDefault();
    send();
  });
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    send();
  });
  element.addEventListener('click', (event) => {
    if (event.target === element) field.focus();
  });
  update();

  return {
    element,
    setState(next) {
      state = next;
      update();
    },
    focus: () => field.focus({ preventScroll: true }),
    setText(text) {
      field.value = text;
      update();
    },
  };
}

function fitHeight(field: HTMLTextAreaElement): void {
  if (CSS.supports('field-sizing', 'content')) return;
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}
