// A control with its label and a line of help.
import { h } from '../dom.ts';

/** Creates the field. @param control has an id */
export function createField(label: string, control: HTMLElement, help?: string): HTMLElement {
  const field = h('div', { class: 'bench-field' }, h('label', { for: control.id }, label), control);
  if (help === undefined) return field;
  const text = h('p', { id: `${control.id}-help`, class: 'setting-help' }, help);
  control.setAttribute('aria-describedby', text.id);
  field.append(text);
  return field;
}
