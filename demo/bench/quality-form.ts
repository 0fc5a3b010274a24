// What text to measure the quality of the chosen model on: the sample, a file, or what the person types.
import type { ModelSource } from 'sterna';
import { button, h } from '../dom.ts';
import { createField } from './form-field.ts';
import type { QualityRun } from './quality-runner.ts';
import { SAMPLE_TEXT } from './sample-text.ts';

/** What the form reports. */
export interface QualityFormOptions {
  readonly onRun: (run: Omit<QualityRun, 'model'>) => void;
  readonly onStop: () => void;
}

/** The form. */
export interface QualityForm {
  readonly element: HTMLElement;
  /** Says why when the model cannot be measured. */
  setModel(model: ModelSource): void;
  /** @param isOwn whether the run is one of this form */
  setRunning(isRunning: boolean, isOwn: boolean): void;
}

const SAMPLE_NAME = 'sample text of this page';
const DEFAULT_WINDOW = 256;
const MAX_WINDOW = 32_768;
const MAX_TEXT_BYTES = 4_000_000;
const NO_TEXT = 'Random weights cannot read a text. Choose a model that has a tokenizer.';

/** Creates the form with the sample text in it. */
export function createQualityForm({ onRun, onStop }: QualityFormOptions): QualityForm {
  const text = h('textarea', { id: 'quality-text', rows: 5, spellcheck: 'false' });
  const window = h('input', { id: 'quality-window', type: 'number', min: 1, max: MAX_WINDOW });
  const problem = h('p', { class: 'setting-problem', role: 'alert' });
  const hint = h('p', { class: 'setting-help bench-hint', role: 'status' });
  const start = h('button', { type: 'submit', class: 'button primary' }, 'Measure quality');
  const stop = button({ label: 'Stop', icon: 'stop', onClick: onStop });
  const input = h('input', { type: 'file', accept: '.txt,.md,text/plain', hidden: true });
  const choose = button({ label: 'Choose a text file', onClick: () => input.click() });
  const sample = button({ label: 'Sample text', onClick: () => fill(SAMPLE_TEXT, SAMPLE_NAME) });
  let name = SAMPLE_NAME;
  const fill = (content: string, from: string): void => {
    text.value = content;
    name = from;
    problem.textContent = '';
  };
  fill(SAMPLE_TEXT, SAMPLE_NAME);
  window.value = String(DEFAULT_WINDOW);
  stop.hidden = true;
  text.addEventListener('input', () => {
    name = 'own text';
  });
  input.addEventListener('change', () => void readFile(input, fill, problem));
  const windowHelp = 'Tokens of one window; the model begins each without memory.';
  const element = h(
    'form',
    { class: 'bench-setup', 'aria-label': 'Quality' },
    h('h2', {}, 'Quality on a text'),
    createField('Text', text, 'How well does the model above foretell it? The text stays on this device.'),
    createField('Window', window, windowHelp),
    hint,
    problem,
    h('div', { class: 'actions' }, start, stop, choose, sample, input),
  );
  element.querySelector('.bench-field')?.classList.add('wide');
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    const windowTokens = Math.min(
      MAX_WINDOW,
      Math.max(1, Math.round(window.valueAsNumber || DEFAULT_WINDOW)),
    );
    problem.textContent = text.value.trim() === '' ? 'Give a text, or take the sample.' : '';
    if (problem.textContent === '') onRun({ text: text.value, textName: name, windowTokens });
  });
  let isSynthetic = false;
  let isBusy = false;
  const enable = (): void => {
    start.disabled = isSynthetic || isBusy;
    hint.textContent = isSynthetic ? NO_TEXT : '';
    hint.hidden = !isSynthetic;
  };
  enable();
  return {
    element,
    setModel(model) {
      isSynthetic = typeof model === 'object' && 'synthetic' in model;
      enable();
    },
    setRunning(isRunning, isOwn) {
      isBusy = isRunning;
      for (const field of [text, window, choose, sample]) field.disabled = isRunning;
      enable();
      stop.hidden = !(isRunning && isOwn);
      start.hidden = isRunning && isOwn;
      if (isOwn) (isRunning ? stop : start).focus();
    },
  };
}

async function readFile(
  input: HTMLInputElement,
  fill: (content: string, from: string) => void,
  problem: HTMLElement,
): Promise<void> {
  const file = input.files?.[0];
  input.value = '';
  if (file === undefined) return;
  if (file.size > MAX_TEXT_BYTES) {
    problem.textContent = `${file.name} is larger than 4 MB. Choose a shorter text.`;
    return;
  }
  try {
    fill(new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer()), file.name);
  } catch {
    problem.textContent = `${file.name} is no UTF-8 text. Choose another file.`;
  }
}
