// Owns the engine: loads a model, shows how far it is, offers ways out when it fails, loads again on request.
import { createEngine, type Engine, listStoredModels, removeStoredModel } from 'sterna';
import { backendFrom } from './state/backend-choice.ts';
import { describeError, OTHER_MODELS, type Recovery, recoveriesFor } from './state/error-recovery.ts';
import { isDefaultChoice, type ModelChoice } from './state/model-choice.ts';
import type { LoadView } from './views/load-view.ts';

/** The engine of the page, and how it is (re)loaded. */
export interface ModelLoader {
  /** The loaded engine; null before, between and after failed loads. */
  readonly engine: Engine | null;
  /** The model that is loaded, being loaded, or failed to load. */
  readonly choice: ModelChoice;
  /** Loads a model, by default the same one again, disposing the engine before. Failures are shown, not thrown. */
  load(choice?: ModelChoice): Promise<void>;
  /** Deletes what is stored of the model, then loads it afresh. */
  forgetAndLoad(): Promise<void>;
}

/** What the loader reports. */
export interface ModelLoaderCallbacks {
  /** A load begins: there is no engine now. */
  readonly onStart: () => void;
  /** The engine can be used. */
  readonly onReady: (engine: Engine) => void;
  readonly onFail: (message: string) => void;
  /** The person wants another model than the one that failed. */
  readonly onRecovery: (recovery: Recovery) => void;
}

/**
 * @param view shows progress and failures
 * @param first what `load` loads when it is not told
 */
export function createModelLoader(
  view: LoadView,
  first: ModelChoice,
  callbacks: ModelLoaderCallbacks,
): ModelLoader {
  let engine: Engine | null = null;
  let choice = first;
  let current: AbortController | null = null;

  const load = async (next: ModelChoice = choice): Promise<void> => {
    current?.abort();
    const own = new AbortController();
    current = own;
    choice = next;
    const before = engine;
    engine = null;
    view.reset();
    callbacks.onStart();
    try {
      // A lost device may make this fail; there is nothing left to free then.
      await Promise.resolve(before?.dispose()).catch(() => undefined);
      const loaded = await createEngine({
        model: next.kind === 'file' ? next.file : next.url,
        backend: backendFrom(location.search),
        onProgress: (progress) => {
          if (current === own) view.show(progress);
        },
        signal: own.signal,
      });
      engine = loaded;
      callbacks.onReady(loaded);
    } catch (error) {
      if (own.signal.aborted) return;
      const message = describeError(error);
      view.fail(message, runnable(recoveriesFor(error, 'load')));
      callbacks.onFail(message);
    }
  };
  const forgetAndLoad = async (): Promise<void> => {
    try {
      if (choice.kind === 'url') await forgetModel(choice.url);
    } catch (error) {
      view.fail(describeError(error), runnable([{ action: 'retry', label: 'Try again' }]));
      return;
    }
    await load();
  };
  const recover = (recovery: Recovery): void => {
    if (recovery.action === 'forget-model') void forgetAndLoad();
    else if (OTHER_MODELS.includes(recovery)) callbacks.onRecovery(recovery);
    else void load();
  };
  const runnable = (recoveries: readonly Recovery[]): (Recovery & { run: () => void })[] => {
    const isDefault = isDefaultChoice(choice, document.baseURI);
    // Nothing of a file is stored.
    const own = recoveries.filter(({ action }) => choice.kind === 'url' || action !== 'forget-model');
    return [...own, ...(isDefault ? [] : OTHER_MODELS)].map((recovery) => ({
      ...recovery,
      run: () => recover(recovery),
    }));
  };

  return {
    get engine() {
      return engine;
    },
    get choice() {
      return choice;
    },
    load,
    forgetAndLoad,
  };
}

/** Deletes what is stored under the address of a manifest or of weights. */
async function forgetModel(url: string): Promise<void> {
  for (const model of await listStoredModels()) {
    if (model.url === url || model.manifestUrl === url) await removeStoredModel(model.key);
  }
}

/** Whether a whole model is on the device, so that the page works without a network. */
export async function hasStoredModel(): Promise<boolean> {
  try {
    const models = await listStoredModels();
    return models.some((model) => model.sizeBytes > 0 && model.storedBytes >= model.sizeBytes);
  } catch {
    return false;
  }
}
