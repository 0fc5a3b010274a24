// What to measure: model, tests, depths, repeats; and the buttons that start, stop and import.
import { type CatalogueEntry, type ModelSource, type StoredModel, SYNTHETIC_MODELS } from 'sterna';
import { button, h } from '../dom.ts';
import { BACKENDS, backendFrom } from '../state/backend-choice.ts';
import { formatBytes } from '../state/format-units.ts';
import { defaultChoice, nameOfAddress } from '../state/model-choice.ts';
import { createField } from './form-field.ts';
import { PRESETS, readDepths, readTests } from './presets.ts';
import type { BenchRun } from './runner.ts';

/** What the form reports, and what it must know. */
export interface SetupFormOptions {
  readonly onRun: (run: BenchRun) => void;
  readonly onStop: () => void;
  readonly onImport: (files: readonly File[]) => void;
  /** Called when another model is chosen. */
  readonly onModel: () => void;
  /** True: short tests are chosen at first. */
  readonly isSlow: boolean;
}

/** The form. */
export interface SetupForm {
  readonly element: HTMLElement;
  /** Adds the models that can be loaded to those without a download. */
  setModels(catalogue: readonly CatalogueEntry[], stored: readonly StoredModel[]): void;
  /** @param isOwn whether the run is one of this form */
  setRunning(isRunning: boolean, isOwn: boolean): void;
  /** The model that is chosen now. */
  model(): ModelSource;
}

const KV_CACHES = ['f32', 'f16', 'int8', 'int4'] as const;
const SYNTHETIC = 'synthetic:';
const FILE = 'file:';

/** Creates the form with the default model chosen. */
export function createSetupForm(options: SetupFormOptions): SetupForm {
  const home = defaultChoice(document.baseURI);
  const loadable = h('optgroup', { label: 'Models' }, h('option', { value: home.url }, home.name));
  const model = h('select', { id: 'bench-model' }, loadable, createSyntheticGroup());
  const preset = h(
    'select',
    { id: 'bench-preset' },
    ...PRESETS.map(({ id, label }) => h('option', { value: id }, label)),
  );
  const tests = h('input', { id: 'bench-tests', type: 'text', autocomplete: 'off', spellcheck: 'false' });
  const depths = h('input', { id: 'bench-depths', type: 'text', autocomplete: 'off', inputmode: 'numeric' });
  const repeats = h('input', { id: 'bench-repeats', type: 'number', min: 1, max: 100, value: 5 });
  const kernels = h('input', { id: 'bench-kernels', type: 'checkbox', checked: true });
  const backend = h(
    'select',
    { id: 'bench-backend' },
    ...BACKENDS.map(({ id, label }) => h('option', { value: id }, label)),
  );
  backend.value = backendFrom(location.search);
  const arithmetic = h(
    'select',
    { id: 'bench-arithmetic' },
    h('option', { value: 'exact' }, 'Exact'),
    h('option', { value: 'block' }, 'By blocks: faster, with a small error'),
  );
  const cache = h(
    'select',
    { id: 'bench-cache' },
    ...KV_CACHES.map((kind) => h('option', { value: kind }, kind)),
  );
  const matrices = h('input', { id: 'bench-matrices', type: 'checkbox' });
  const problem = h('p', { class: 'setting-problem', role: 'alert' });
  const start = h('button', { type: 'submit', class: 'button primary' }, 'Run');
  const stop = button({ label: 'Stop', icon: 'stop', onClick: options.onStop });
  const files = createFileFields(model, options);
  const element = h(
    'form',
    { class: 'bench-setup', 'aria-label': 'What to measure' },
    createField(
      'Model',
      model,
      'Random weights in a published shape need no download; only speed is the same.',
    ),
    createField('Tests', preset),
    createField('Tests by name', tests, 'pp: tokens of a prompt; tg: tokens of an answer.'),
    createField('Depths', depths, 'Tokens that are in the context before each test.'),
    createField('Repeats', repeats),
    createField('Backend', backend, 'Automatic: WebGPU on a GPU, else WebAssembly on the CPU.'),
    createField('Arithmetic', arithmetic),
    createField('KV cache', cache),
    h('label', { class: 'check' }, kernels, 'Time every kernel'),
    h(
      'label',
      { class: 'check' },
      matrices,
      'Matrix units of the GPU (experimental, where the browser has them)',
    ),
    problem,
    h('div', { class: 'actions' }, start, stop, files.chooseModel, files.importResults),
    files.inputs,
  );
  const choosePreset = (): void => {
    const chosen = PRESETS.find(({ id }) => id === preset.value) ?? PRESETS[0];
    tests.value = chosen.tests;
    depths.value = chosen.depths;
  };
  const chooseOwn = (): void => {
    preset.value = 'own';
  };
  preset.value = options.isSlow ? PRESETS[0].id : PRESETS[1].id;
  choosePreset();
  stop.hidden = true;
  model.addEventListener('change', options.onModel);
  preset.addEventListener('change', choosePreset);
  tests.addEventListener('input', chooseOwn);
  depths.addEventListener('input', chooseOwn);
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    const [names, numbers] = [readTests(tests.value), readDepths(depths.value)];
    problem.textContent = 'problem' in names ? names.problem : 'problem' in numbers ? numbers.problem : '';
    if ('problem' in names || 'problem' in numbers) return;
    const count = Math.min(100, Math.max(1, Math.round(repeats.valueAsNumber || 5)));
    options.onRun({
      model: readModel(model.value, files.chosen()),
      load: {
        backend: BACKENDS.find(({ id }) => id === backend.value)?.id,
        arithmetic: arithmetic.value === 'block' ? 'block' : 'exact',
        kvCache: KV_CACHES.find((kind) => kind === cache.value),
        subgroupMatrix: matrices.checked,
      },
      options: { tests: names.values, depths: numbers.values, repeats: count, kernels: kernels.checked },
    });
  });
  return {
    element,
    model: () => readModel(model.value, files.chosen()),
    setModels: (catalogue, stored) => loadable.append(...createModelOptions(catalogue, stored, home.url)),
    setRunning(isRunning, isOwn) {
      const choices = [backend, arithmetic, cache, kernels, matrices];
      const fields = [model, preset, tests, depths, repeats, ...choices, start];
      for (const field of fields) field.disabled = isRunning;
      stop.hidden = !(isRunning && isOwn);
      start.hidden = isRunning && isOwn;
      if (isOwn) (isRunning ? stop : start).focus();
    },
  };
}

function readModel(value: string, file: File | null): BenchRun['model'] {
  if (value.startsWith(SYNTHETIC)) return { synthetic: value.slice(SYNTHETIC.length) };
  if (value === FILE && file !== null) return file;
  return value;
}

function createSyntheticGroup(): HTMLElement {
  const choices = SYNTHETIC_MODELS.map(({ id, name, memoryBytes }) =>
    h('option', { value: SYNTHETIC + id }, `${name} (${formatBytes(memoryBytes)} of memory)`),
  );
  return h('optgroup', { label: 'Random weights, no download' }, ...choices);
}

function createModelOptions(
  catalogue: readonly CatalogueEntry[],
  stored: readonly StoredModel[],
  homeUrl: string,
): HTMLElement[] {
  const isStored = (url: string) => stored.some(({ manifestUrl }) => manifestUrl === url);
  const listed = catalogue
    .filter(({ manifest }) => manifest !== homeUrl)
    .map(({ name, manifest, sizeBytes }) => {
      const size = sizeBytes === undefined ? 'download' : `${formatBytes(sizeBytes)} download`;
      return h('option', { value: manifest }, `${name} (${isStored(manifest) ? 'on this device' : size})`);
    });
  const others = stored
    .map(({ manifestUrl, url }) => manifestUrl ?? url)
    .filter((url) => url !== homeUrl && !catalogue.some(({ manifest }) => manifest === url))
    .map((url) => h('option', { value: url }, `${nameOfAddress(url)} (on this device)`));
  return [...listed, ...others];
}

/** Hidden inputs behind two buttons: a model file, which becomes a choice of the list, and results. */
function createFileFields(
  model: HTMLSelectElement,
  { onImport, onModel }: Pick<SetupFormOptions, 'onImport' | 'onModel'>,
) {
  const modelInput = h('input', { type: 'file', accept: '.gguf', hidden: true });
  const resultInput = h('input', { type: 'file', accept: '.json', multiple: true, hidden: true });
  const option = h('option', { value: FILE });
  let chosen: File | null = null;
  modelInput.addEventListener('change', () => {
    const file = modelInput.files?.[0];
    if (file === undefined) return;
    chosen = file;
    option.textContent = `${file.name} (file)`;
    model.append(option);
    model.value = FILE;
    onModel();
  });
  resultInput.addEventListener('change', () => {
    onImport([...(resultInput.files ?? [])]);
    resultInput.value = '';
  });
  return {
    inputs: h('div', { hidden: true }, modelInput, resultInput),
    chooseModel: button({ label: 'Choose a model file', onClick: () => modelInput.click() }),
    importResults: button({ label: 'Import results', onClick: () => resultInput.click() }),
    chosen: () => chosen,
  };
}
