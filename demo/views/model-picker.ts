// The dialog in which a person chooses the model: the list, an address, or a file.
import type { CatalogueEntry, StoredModel } from 'sterna';
import { button, h } from '../dom.ts';
import { describeError } from '../state/error-recovery.ts';
import type { AddressChoice } from '../state/model-choice.ts';
import type { Device } from '../state/model-fit.ts';
import { listModels, type ModelRow } from '../state/model-list.ts';
import { announce } from './announcer.ts';
import { createModelRow } from './model-row.ts';
import { createAddressForm, createFileButton } from './model-sources.ts';
import { createGroup, createPanel } from './panel.ts';

/** Where the picker gets its rows, and what it reports. */
export interface ModelPickerCallbacks {
  readonly loadCatalogue: () => Promise<readonly CatalogueEntry[]>;
  readonly listStored: () => Promise<readonly StoredModel[]>;
  readonly removeStored: (key: string) => Promise<void>;
  readonly device: () => Device;
  /** Address of the model that the page uses; null for a file. */
  readonly currentUrl: () => string | null;
  readonly onChoose: (choice: AddressChoice) => void;
  readonly onFile: (file: File) => void;
}

/** The dialog. */
export interface ModelPicker {
  readonly element: HTMLDialogElement;
  /** Opens it and reads the lists afresh. Resolves when they are shown. */
  open(): Promise<void>;
  close(): void;
}

/** Creates the dialog, closed. */
export function createModelPicker(callbacks: ModelPickerCallbacks): ModelPicker {
  const ready = h('ul', { class: 'models', 'aria-label': 'Models' });
  const later = h('ul', { class: 'models', 'aria-label': 'Models that are not supported yet' });
  const laterGroup = h('details', { hidden: true }, h('summary', {}, 'Not supported yet'), later);
  const message = h('div', { class: 'models-message', role: 'status' });
  const list = h('section', { class: 'panel-group', 'aria-label': 'Models' }, message, ready, laterGroup);
  const element = createPanel('Models', [
    list,
    createGroup('From an address', [createAddressForm((choice) => choose(choice))]),
    createGroup('From a file', [
      createFileButton((file) => {
        element.close();
        callbacks.onFile(file);
      }),
    ]),
  ]);
  let catalogue: readonly CatalogueEntry[] | null = null;

  const choose = (choice: AddressChoice): void => {
    element.close();
    callbacks.onChoose(choice);
  };
  const remove = async (row: ModelRow, key: string): Promise<void> => {
    try {
      await callbacks.removeStored(key);
      announce(`${row.choice.name} was removed from this device.`);
      await refresh();
      // The button that had the focus is gone.
      element.querySelector('button')?.focus();
    } catch (error) {
      message.textContent = describeError(error);
    }
  };
  const createRow = (row: ModelRow): HTMLElement =>
    createModelRow(row, row.choice.url === callbacks.currentUrl(), {
      onChoose: () => choose(row.choice),
      onRemove: (key) => void remove(row, key),
    });
  const refresh = async (): Promise<void> => {
    // Without IndexedDB nothing is stored, and models load all the same.
    const stored = await callbacks.listStored().catch(() => []);
    try {
      catalogue ??= await callbacks.loadCatalogue();
      message.replaceChildren();
    } catch (error) {
      const again = button({ label: 'Try again', onClick: () => void refresh() });
      message.replaceChildren(
        h('p', {}, `The list of models did not arrive. ${describeError(error)}`),
        again,
      );
    }
    const rows = listModels(catalogue ?? [], stored, callbacks.device());
    const isLater = ({ fit }: ModelRow): boolean => fit?.verdict === 'unsupported';
    ready.replaceChildren(...rows.filter((row) => !isLater(row)).map(createRow));
    later.replaceChildren(...rows.filter(isLater).map(createRow));
    laterGroup.hidden = later.childElementCount === 0;
  };

  return {
    element,
    async open() {
      if (catalogue === null) message.textContent = 'Looking for models';
      element.showModal();
      await refresh();
    },
    close: () => element.close(),
  };
}
