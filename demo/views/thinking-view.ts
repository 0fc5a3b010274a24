// What the model thinks before it answers: folded, for who wants to see it.
import { h } from '../dom.ts';

/** The folded part of an answer. Takes no room until there is text. */
export interface ThinkingView {
  readonly element: HTMLDetailsElement;
  /** Shows the whole text so far; nothing happens while that is empty. @param isOver whether the answer has begun or the turn has ended */
  update(text: string, isOver: boolean): void;
}

/** Creates it, folded and hidden. */
export function createThinkingView(): ThinkingView {
  const summary = h('summary', {});
  const content = h('div', { class: 'thinking-text' });
  const element = h('details', { class: 'thinking', hidden: true }, summary, content);
  const shown = content.appendChild(document.createTextNode(''));
  return {
    element,
    update(text, isOver) {
      if (text === '') return;
      // Appending keeps a selection in the text that is already there.
      if (text.startsWith(shown.data)) shown.appendData(text.slice(shown.data.length));
      else shown.data = text;
      element.hidden = false;
      element.classList.toggle('running', !isOver);
      summary.textContent = isOver ? 'What the model thought' : 'The model is thinking';
    },
  };
}
