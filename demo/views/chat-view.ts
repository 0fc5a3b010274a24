// The conversation: a list of messages, the line above which the model no longer remembers, and nothing else.
import { h, icon } from '../dom.ts';
import type { Conversation } from '../state/conversation.ts';
import { type AnswerView, createAnswerView } from './answer-view.ts';

/** The list of messages. */
export interface ChatView {
  readonly element: HTMLElement;
  /** Shows a whole conversation in place of what was there. */
  show(conversation: Conversation): void;
  /** Adds the person's message. */
  addQuestion(text: string): void;
  /** Adds an answer that waits for its first text. */
  beginAnswer(): AnswerView;
  /** Removes the last message. */
  removeLast(): void;
  /** Draws the line after the first `count` turns, which the model no longer sees; 0 removes it. */
  setDroppedTurns(count: number): void;
}

/** What the chat view reports. */
export interface ChatViewCallbacks {
  readonly onRegenerate: () => void;
  readonly onGrow: () => void;
}

/** Creates an empty list of messages. */
export function createChatView(callbacks: ChatViewCallbacks): ChatView {
  const element = h('section', { class: 'chat', 'aria-label': 'Conversation' });
  const divider = createDivider();

  const view: ChatView = {
    element,
    show(conversation) {
      element.replaceChildren();
      for (const turn of conversation.turns) {
        if (turn.role === 'user') view.addQuestion(turn.content);
        else view.beginAnswer().finish(turn);
      }
      view.setDroppedTurns(conversation.droppedTurns);
    },
    addQuestion(text) {
      element.append(createQuestion(text));
      callbacks.onGrow();
    },
    beginAnswer() {
      const answer = createAnswerView(callbacks);
      element.append(answer.element);
      callbacks.onGrow();
      return answer;
    },
    removeLast() {
      element.lastElementChild?.remove();
    },
    setDroppedTurns(count) {
      divider.remove();
      const messages = element.querySelectorAll('.message');
      messages.forEach((message, index) => {
        message.classList.toggle('forgotten', index < count);
      });
      if (count > 0 && count < messages.length) messages[count].before(divider);
    },
  };
  return view;
}

function createQuestion(text: string): HTMLElement {
  const bubble = h('div', { class: 'bubble' }, text);
  return h('article', { class: 'message question', 'aria-label': 'You' }, bubble);
}

function createDivider(): HTMLElement {
  const words =
    'The chat outgrew what the model can keep in mind. It no longer sees the messages above this line.';
  return h('p', { class: 'divider', role: 'note' }, icon('info'), h('span', {}, words));
}
