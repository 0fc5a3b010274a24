// @vitest-environment jsdom
import type { CatalogueEntry, StoredModel } from 'sterna';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createModelPicker, type ModelPickerCallbacks } from './model-picker.ts';

const SITE = 'https://example.org/models/';
const entry = (id: string, part: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  id,
  name: `Model ${id}`,
  manifest: `${SITE}${id}/manifest.json`,
  sizeBytes: 7_000_000,
  memoryBytes: 27_000_000,
  architecture: 'bitnet-b1.58',
  license: 'MIT',
  ...part,
});
const stored = (part: Partial<StoredModel>): StoredModel => ({
  key: 'k',
  url: `${SITE}a/a.gguf`,
  manifestUrl: `${SITE}a/manifest.json`,
  sizeBytes: 7_000_000,
  storedBytes: 7_000_000,
  lastUsedMs: 1,
  ...part,
});

beforeEach(() => {
  // jsdom knows the element but not how to open it.
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) {
    this.open = false;
  };
});

async function openPicker(part: Partial<ModelPickerCallbacks> = {}) {
  const callbacks = {
    loadCatalogue: async () => [
      entry('a'),
      entry('b', { memoryBytes: 9e9 }),
      entry('c', { architecture: 'rwkv' }),
    ],
    listStored: async (): Promise<StoredModel[]> => [],
    removeStored: vi.fn(async () => {}),
    device: () => ({ limits: { maxBufferBytes: 2e9, maxBindingBytes: 1e9 } }),
    currentUrl: () => `${SITE}a/manifest.json`,
    onChoose: vi.fn(),
    onFile: vi.fn(),
    ...part,
  };
  const picker = createModelPicker(callbacks);
  document.body.replaceChildren(picker.element);
  await picker.open();
  const rows = () => [...picker.element.querySelectorAll('.model')];
  const press = (name: string) => {
    const found = [...picker.element.querySelectorAll('button')].find(
      (element) => (element.getAttribute('aria-label') ?? element.textContent) === name,
    );
    if (!found) throw new Error(`no button ${name}`);
    found.click();
  };
  return { picker, callbacks, rows, press };
}

describe('the model picker', () => {
  it('lists size, memory, licence and verdict, and marks the model in use', async () => {
    const { rows } = await openPicker();
    const [a, b] = rows().map((row) => row.textContent);
    expect(a).toContain('7.0 MB download · 27.0 MB memory · MIT');
    expect(a).toContain('Fits this device.');
    expect(a).toContain('In use');
    expect(b).toContain('May be too large: it needs 9.0 GB');
  });

  it('folds away what this version cannot run, without a button to load it', async () => {
    const { picker, rows } = await openPicker();
    const last = rows().at(-1);
    expect(last?.closest('details')?.open).toBe(false);
    expect(last?.textContent).toContain('This version cannot run rwkv models.');
    expect(last?.querySelector('button')).toBeNull();
    expect(picker.element.querySelectorAll('.model')).toHaveLength(3);
  });

  it('reports a choice and closes', async () => {
    const { picker, callbacks, press } = await openPicker();
    press('Load Model b');
    expect(callbacks.onChoose).toHaveBeenCalledWith({
      kind: 'url',
      url: `${SITE}b/manifest.json`,
      name: 'Model b',
    });
    expect(picker.element.open).toBe(false);
  });

  it('shows what is on the device, lists stored models that the catalogue does not know, and removes them', async () => {
    let kept = [
      stored({ storedBytes: 3_000_000 }),
      stored({ key: 'o', url: 'https://o.test/x.gguf', manifestUrl: null }),
    ];
    const removeStored = vi.fn(async (key: string) => {
      kept = kept.filter((model) => model.key !== key);
    });
    const { rows, press } = await openPicker({ listStored: async () => kept, removeStored });
    expect(rows()[0].textContent).toContain('Partly on this device: 3.0 MB of 7.0 MB');
    expect(rows()[2].textContent).toContain('x.ggufo.test');
    press('Remove x.gguf from this device');
    expect(removeStored).toHaveBeenCalledWith('o');
    await vi.waitFor(() => expect(rows()).toHaveLength(3));
  });

  it('offers address and file when the list does not arrive, and tries again on request', async () => {
    const loadCatalogue = vi.fn(async () => [entry('a')]).mockRejectedValueOnce(new Error('No network.'));
    const { picker, rows, press } = await openPicker({ loadCatalogue });
    expect(picker.element.textContent).toContain('The list of models did not arrive. No network.');
    expect(picker.element.querySelector('#model-address')).not.toBeNull();
    press('Try again');
    await vi.waitFor(() => expect(rows()).toHaveLength(1));
    expect(picker.element.querySelector('.models-message')?.textContent).toBe('');
  });

  it('says what is wrong with an address and reports a right one', async () => {
    const { picker, callbacks } = await openPicker();
    const input = picker.element.querySelector<HTMLInputElement>('#model-address');
    const form = picker.element.querySelector('form');
    if (!input || !form) throw new Error('no form');
    const submit = (text: string) => {
      input.value = text;
      form.dispatchEvent(new Event('submit', { cancelable: true }));
    };
    submit('ftp://a.test/x.gguf');
    expect(picker.element.querySelector('[role="alert"]')?.textContent).toContain('begins with ftp:');
    expect(input.getAttribute('aria-invalid')).toBe('true');
    expect(callbacks.onChoose).not.toHaveBeenCalled();
    submit('https://a.test/x.gguf');
    expect(callbacks.onChoose).toHaveBeenCalledWith({
      kind: 'url',
      url: 'https://a.test/x.gguf',
      name: 'x.gguf',
    });
  });
});
