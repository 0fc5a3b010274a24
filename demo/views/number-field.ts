// One numeric setting: label, value, slider or field, explanation, and what is wrong with what was typed.
import type { SamplingOptions } from 'sterna';
import { h } from '../dom.ts';
import {
  effectiveNumber,
  type NumberSetting,
  readNumberField,
  recommendedNumber,
  type Settings,
} from '../state/settings.ts';

/** A numeric setting in the panel. */
export interface NumberField {
  readonly element: HTMLElement;
  /** Shows the value that applies. */
  show(settings: Settings, recommended: SamplingOptions): void;
}

/** @param onChange gets each valid value; null is the recommendation */
export function createNumberField(
  setting: NumberSetting,
  onChange: (value: number | null) => void,
): NumberField {
  const id = `setting-${setting.name}`;
  const isSlider = setting.control === 'slider';
  const input = h('input', {
    id,
    type: isSlider ? 'range' : 'text',
    inputmode: isSlider ? null : setting.integer ? 'numeric' : 'decimal',
    min: isSlider ? setting.min : null,
    max: isSlider ? setting.max : null,
    step: isSlider ? setting.step : null,
    autocomplete: 'off',
    'aria-describedby': `${id}-help ${id}-problem`,
  });
  const value = h('output', { for: id, class: 'setting-value' });
  const problem = h('p', { id: `${id}-problem`, class: 'setting-problem', 'aria-live': 'polite' });
  const help = h('p', { id: `${id}-help`, class: 'setting-help' }, setting.explanation);
  const head = h('div', { class: 'setting-head' }, h('label', { for: id }, setting.label), value);
  const element = h('div', { class: `setting ${setting.control}` }, head, input, problem, help);

  input.addEventListener('input', () => {
    const result = readNumberField(setting, input.value);
    const isProblem = 'problem' in result;
    problem.textContent = isProblem ? result.problem : '';
    input.toggleAttribute('aria-invalid', isProblem);
    if (!isProblem) onChange(result.value);
  });

  return {
    element,
    show(settings, recommended) {
      const shown = effectiveNumber(setting, settings, recommended);
      const isChosen = settings.numbers[setting.name] !== null;
      const standard = recommendedNumber(setting, recommended);
      const standardText = standard === null ? (setting.fallbackLabel ?? '') : String(round(standard));
      if (isSlider) {
        input.value = String(shown ?? setting.min);
        value.textContent = isChosen ? `${round(shown ?? 0)} (recommended ${standardText})` : standardText;
        return;
      }
      value.textContent = isChosen ? `recommended: ${standardText}` : '';
      if (document.activeElement !== input) input.value = isChosen ? String(shown) : '';
      input.setAttribute('placeholder', standardText);
    },
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
