// The two ways to a model that no list knows: its address, or a file.
import { button, h } from '../dom.ts';
import { type AddressChoice, readAddress } from '../state/model-choice.ts';

/** The form for an address. Shows what is wrong with it and reports only addresses that can be tried. */
export function createAddressForm(onChoose: (choice: AddressChoice) => void): HTMLElement {
  const input = h('input', {
    id: 'model-address',
    type: 'text',
    inputmode: 'url',
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
    placeholder: 'https://…/model.gguf',
    'aria-describedby': 'model-address-help model-address-problem',
  });
  const problem = h('p', { id: 'model-address-problem', class: 'setting-problem', role: 'alert' });
  const submit = h('button', { type: 'submit', class: 'button' }, 'Load this address');
  const help = 'A GGUF file, or a manifest (.json). Its server must let other pages read it (CORS).';
  const form = h(
    'form',
    { class: 'model-address', novalidate: true },
    h('label', { for: 'model-address' }, 'Address of a model'),
    input,
    h('p', { id: 'model-address-help', class: 'setting-help' }, help),
    problem,
    submit,
  );
  const showProblem = (text: string): void => {
    problem.textContent = text;
    if (text === '') input.removeAttribute('aria-invalid');
    else input.setAttribute('aria-invalid', 'true');
  };
  input.addEventListener('input', () => showProblem(''));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const result = readAddress(input.value, document.baseURI);
    if ('problem' in result) {
      showProblem(result.problem);
      input.focus();
      return;
    }
    input.value = '';
    onChoose(result.choice);
  });
  return form;
}

/** The button that opens the browser's file dialog. */
export function createFileButton(onFile: (file: File) => void): HTMLElement {
  const input = h('input', { type: 'file', accept: '.gguf', hidden: true, 'aria-label': 'Model file' });
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    // The same file can be chosen again.
    input.value = '';
    if (file) onFile(file);
  });
  const open = button({ label: 'Choose a .gguf file', onClick: () => input.click() });
  const help = 'Or drop it anywhere on the page. It is read where it lies; nothing is copied or sent.';
  return h('div', {}, open, input, h('p', { class: 'setting-help' }, help));
}
