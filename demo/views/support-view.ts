// For a browser that cannot run the model, or only on the CPU: what is the case and what to do.
import type { Support } from 'sterna';
import { h, icon } from '../dom.ts';
import { type Advice, adviceFor, adviceOnCpu, type BrowserSteps } from '../state/browser-advice.ts';
import { type Notice, showNotice } from './notice-view.ts';

/** A whole page in place of the chat, for a browser that cannot run the model. */
export function createUnsupportedView(reason: NonNullable<Support['reason']>): HTMLElement {
  const advice = adviceFor(reason, navigator.userAgent);
  return h(
    'section',
    { class: 'unsupported', 'aria-label': 'What to do' },
    h('div', { class: 'empty-mark' }, icon('tern')),
    h('h2', {}, advice.title),
    h('p', { class: 'lead' }, advice.explanation),
    ...createSteps(advice),
    h('p', { class: 'privacy' }, 'Then reload this page.'),
  );
}

/** The banner for a browser that computes on the CPU, and why. `onClose` remembers that it was read. */
export function showCpuNotice(
  host: HTMLElement,
  reason: NonNullable<Support['reason']>,
  onClose: () => void,
): Notice {
  const advice = adviceOnCpu(reason, navigator.userAgent);
  return showNotice(host, {
    kind: 'warning',
    title: advice.title,
    text: advice.explanation,
    actions: [{ label: 'How to use the graphics processor', run: () => openAdvice(advice, onClose) }],
    onClose,
  });
}

function openAdvice(advice: Advice, onClose: () => void): void {
  const close = h('button', { type: 'submit', class: 'button' }, 'Close');
  const dialog = h(
    'dialog',
    { class: 'dialog', 'aria-label': 'How to use the graphics processor' },
    h('h2', {}, 'How to use the graphics processor'),
    ...createSteps(advice),
    h('form', { method: 'dialog', class: 'actions' }, close),
  );
  dialog.addEventListener('close', () => {
    dialog.remove();
    onClose();
  });
  document.body.append(dialog);
  dialog.showModal();
}

function createSteps(advice: Advice): HTMLElement[] {
  const [own, ...others] = advice.browsers;
  if (!own) return [];
  const elements = [h('div', { class: 'steps' }, h('h3', {}, own.title), createList(own))];
  if (others.length > 0) {
    const lists = others.flatMap((browser) => [h('h3', {}, browser.title), createList(browser)]);
    elements.push(
      h('div', { class: 'steps' }, h('details', {}, h('summary', {}, 'Other browsers'), ...lists)),
    );
  }
  return elements;
}

function createList(browser: BrowserSteps): HTMLElement {
  return h('ol', {}, ...browser.steps.map((step) => h('li', {}, step)));
}
