// One answer: its text while it streams and after, its speed, its buttons, and what went wrong with it.
import { button, h, icon, setButtonIcon } from '../dom.ts';
import type { AnswerEnd, AnswerTurn } from '../state/conversation.ts';
import type { Recovery } from '../state/error-recovery.ts';
import { formatDuration, formatTokenRate } from '../state/format-units.ts';
import { copyText } from './copy-text.ts';
import { createProse } from './prose.ts';
import { createThinkingView } from './thinking-view.ts';

/** What an answer needs from the chat. */
export interface AnswerCallbacks {
  readonly onRegenerate: () => void;
  /** The text grew: keep it in view. */
  readonly onGrow: () => void;
}

/** An answer in the page. */
export interface AnswerView {
  readonly element: HTMLElement;
  /** Adds text; shown with the next frame. */
  append(delta: string): void;
  /** Adds text to what the model thinks before it answers; shown, folded, with the next frame. */
  appendThinking(delta: string): void;
  /** Shows the finished turn. */
  finish(turn: AnswerTurn): void;
  /** Shows why the answer failed, with one button per way out. */
  fail(message: string, recoveries: readonly (Recovery & { run: () => void })[]): void;
}

const END_NOTES: Readonly<Record<AnswerEnd, string>> = {
  stop: '',
  aborted: 'Stopped.',
  length: 'Stopped at the longest answer that the settings allow.',
  context: 'Stopped: the model’s context is full. Start a new chat to go on.',
  error: 'The answer was interrupted.',
};

/** Creates an answer that waits for its first text. */
export function createAnswerView(callbacks: AnswerCallbacks): AnswerView {
  const prose = createProse();
  const thinking = createThinkingView();
  const waiting = h('div', { class: 'waiting' }, h('span'), h('span'), h('span'));
  const note = h('p', { class: 'answer-note', hidden: true });
  const foot = h('div', { class: 'answer-foot' });
  const body = h('div', { class: 'answer-body' }, thinking.element, waiting, prose.element, note, foot);
  const mark = h('div', { class: 'answer-mark' }, icon('tern'));
  const element = h('article', { class: 'message answer streaming', 'aria-label': 'Sterna' }, mark, body);

  let text = '';
  let thoughts = '';
  let frame = 0;
  const show = (): void => {
    frame = 0;
    const shown = text.trimStart();
    if (shown !== '') waiting.remove();
    thinking.update(thoughts, shown !== '');
    prose.update(shown);
    callbacks.onGrow();
  };
  const showSoon = (): void => {
    if (frame === 0) frame = requestAnimationFrame(show);
  };
  const stopStreaming = (): void => {
    cancelAnimationFrame(frame);
    waiting.remove();
    element.classList.remove('streaming');
  };

  return {
    element,
    append(delta) {
      text += delta;
      showSoon();
    },
    appendThinking(delta) {
      thoughts += delta;
      showSoon();
    },
    finish(turn) {
      stopStreaming();
      thinking.update(turn.thinking ?? '', true);
      prose.finish(turn.content);
      note.textContent =
        turn.content === '' && turn.end === 'stop' ? 'The model gave no answer.' : END_NOTES[turn.end];
      note.hidden = note.textContent === '';
      foot.replaceChildren(...createFoot(turn, callbacks.onRegenerate));
      callbacks.onGrow();
    },
    fail(message, recoveries) {
      stopStreaming();
      thinking.update(thoughts, true);
      foot.remove();
      const actions = recoveries.map((recovery) => button({ label: recovery.label, onClick: recovery.run }));
      const words = h('p', {}, message);
      const actionRow = h('div', { class: 'actions' }, ...actions);
      body.append(
        h(
          'div',
          { class: 'notice error', role: 'alert' },
          icon('warning'),
          h('div', { class: 'notice-body' }, words, actionRow),
        ),
      );
      callbacks.onGrow();
    },
  };
}

function createFoot(turn: AnswerTurn, onRegenerate: () => void): Node[] {
  const copied = (): void => {
    setButtonIcon(copy, 'check');
    setTimeout(() => setButtonIcon(copy, 'copy'), 1500);
  };
  const copy = button({
    label: 'Copy answer',
    icon: 'copy',
    iconOnly: true,
    className: 'quiet',
    onClick: () => void copyText(turn.content, 'Answer').then((done) => done && copied()),
  });
  const regenerate = button({
    label: 'Answer again',
    icon: 'repeat',
    iconOnly: true,
    className: 'quiet regenerate',
    onClick: onRegenerate,
  });
  return [copy, regenerate, h('span', { class: 'speed', title: describeCounts(turn) }, describeSpeed(turn))];
}

function describeSpeed(turn: AnswerTurn): string {
  const { metrics } = turn;
  if (!metrics || metrics.generatedTokens === 0) return '';
  const parts: string[] = [];
  if (metrics.decodeTokensPerSecond > 0) parts.push(formatTokenRate(metrics.decodeTokensPerSecond));
  parts.push(`first after ${formatDuration(metrics.timeToFirstTokenMs)}`);
  if (metrics.reusedTokens > 0)
    parts.push(`${metrics.reusedTokens} of ${metrics.promptTokens} prompt tokens reused`);
  return parts.join(' · ');
}

function describeCounts({ metrics }: AnswerTurn): string {
  if (!metrics) return '';
  return `${metrics.generatedTokens} tokens written; ${formatTokenRate(metrics.prefillTokensPerSecond)} read before the first`;
}
