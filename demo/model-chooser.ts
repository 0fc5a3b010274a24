// Changing the model: the picker, dropped files, the question before a chat is given up, and what the next visit loads.
import { type DeviceLimits, listStoredModels, loadCatalogue, removeStoredModel } from 'sterna';
import type { ModelLoader } from './model-loader.ts';
import { removeStored, writeStored } from './state/browser-storage.ts';
import {
  type AddressChoice,
  defaultChoice,
  findFileProblem,
  type ModelChoice,
  serialiseChoice,
} from './state/model-choice.ts';
import { announce } from './views/announcer.ts';
import { askFirst } from './views/confirm-dialog.ts';
import { installDropTarget } from './views/drop-target.ts';
import { createModelPicker } from './views/model-picker.ts';

/** The list of models that the page offers, relative to the page. */
const CATALOGUE_URL = './models/index.json';

/** What the chooser needs from the page. */
export interface ChooserEnvironment {
  readonly loader: () => ModelLoader;
  /** Whether there is a chat that would be lost. */
  readonly hasChat: () => boolean;
  readonly deleteChat: () => void;
  /** A stored model was removed. */
  readonly onStoreChange: () => void;
  /** A file that cannot be a model was picked or dropped. */
  readonly onProblem: (message: string) => void;
}

/** How the page changes its model. */
export interface ModelChooser {
  /** The picker, to be put into the document. */
  readonly element: HTMLElement;
  openPicker(): void;
  /** Loads another model, after asking when there is a chat. */
  choose(choice: ModelChoice): Promise<void>;
  chooseDefault(): Promise<void>;
  /** Makes the next visit load the model of now; a file cannot be kept, so nothing changes for it. */
  remember(): void;
  /** Limits of the GPU, for judging what fits. */
  setLimits(limits: DeviceLimits | undefined): void;
  /** Takes files that are dropped on the page from now on. */
  acceptDrops(): void;
}

/** Creates the chooser with its picker, closed. */
export function createModelChooser(environment: ChooserEnvironment): ModelChooser {
  let limits: DeviceLimits | undefined;

  const choose = async (choice: ModelChoice): Promise<void> => {
    const isConfirmed =
      !environment.hasChat() ||
      (await askFirst({
        title: `Load ${choice.name}?`,
        text: 'This starts a new chat: another model cannot go on with this one. The chat so far is deleted.',
        yes: 'Load and start a new chat',
      }));
    if (!isConfirmed) return;
    environment.deleteChat();
    announce(`${choice.name} is being loaded.`);
    await environment.loader().load(choice);
  };
  const chooseFile = async (file: File): Promise<void> => {
    const problem = await findFileProblem(file);
    if (problem !== null) environment.onProblem(problem);
    else await choose({ kind: 'file', file, name: file.name.replace(/\.gguf$/i, '') });
  };
  const picker = createModelPicker({
    loadCatalogue: () => loadCatalogue(CATALOGUE_URL),
    listStored: listStoredModels,
    removeStored: async (key) => {
      await removeStoredModel(key);
      environment.onStoreChange();
    },
    device: () => ({ limits, memoryGib: readMemoryGib() }),
    currentUrl: () => addressOf(environment.loader().choice),
    onChoose: (choice: AddressChoice) => void choose(choice),
    onFile: (file) => void chooseFile(file),
  });

  return {
    element: picker.element,
    openPicker: () => void picker.open(),
    choose,
    chooseDefault: () => choose(defaultChoice(document.baseURI)),
    remember() {
      const { choice } = environment.loader();
      if (choice.kind === 'file') return;
      const text = serialiseChoice(choice, document.baseURI);
      if (text === null || !writeStored('model', text)) removeStored('model');
    },
    setLimits(found) {
      limits = found;
    },
    acceptDrops: () =>
      installDropTarget((file) => {
        picker.close();
        void chooseFile(file);
      }),
  };
}

function addressOf(choice: ModelChoice): string | null {
  return choice.kind === 'url' ? choice.url : null;
}

/** Only some browsers tell, and only to pages of a secure origin. */
function readMemoryGib(): number | undefined {
  const memory: unknown = 'deviceMemory' in navigator ? navigator.deviceMemory : undefined;
  return typeof memory === 'number' ? memory : undefined;
}
