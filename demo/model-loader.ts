// Owns the engine: loads the model, shows how far it is, offers ways out when it fails, loads again on request.
import { createEngine, type Engine, listStoredModels, removeStoredModel } from 'sterna';
import { describeError, type Recovery, recoveriesFor } from './state/error-recovery.ts';
import type { LoadView } from './views/load-view.ts';

/** The model that the page comes with, relative to the page. */
export const MODEL_URL = './models/sterna-chat/manifest.json';

/** The engine of the page, and how it is (re)loaded. */
export interface ModelLoader {
  /** The loaded engine; null before, between and after failed loads. */
  readonly engine: Engine | null;
  /** Loads the model, disposing the engine before. Failures are shown, not thrown. */
  load(): Promise<void>;
  /** Deletes the stored model, then loads it afresh. */
  forgetAndLoad(): Promise<void>;
}

/**
 * @param view shows progress and failures
 * @param callbacks.onStart a load begins: there is no engine now
 * @param callbacks.onReady the engine can be used
 */
export function createModelLoader(
  view: LoadView,
  callbacks: { onStart: () => void; onReady: (engine: Engine) => void; onFail: (message: string) => void },
): ModelLoader {
  let engine: Engine | null = null;
  let current: AbortController | null = null;

  const load = async (): Promise<void> => {
    current?.abort();
    const own = new AbortController();
    current = own;
    const before = engine;
    engine = null;
    view.reset();
    callbacks.onStart();
    try {
      // A lost device may make this fail; there is nothing left to free then.
      await Promise.resolve(before?.dispose()).catch(() => undefined);
      const loaded = await createEngine({
        model: MODEL_URL,
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
      for (const model of await listStoredModels()) await removeStoredModel(model.key);
    } catch (error) {
      view.fail(describeError(error), runnable([{ action: 'retry', label: 'Try again' }]));
      return;
    }
    await load();
  };
  const runnable = (recoveries: readonly Recovery[]): (Recovery & { run: () => void })[] =>
    recoveries.map((recovery) => ({
      ...recovery,
      run: () => void (recovery.action === 'forget-model' ? forgetAndLoad() : load()),
    }));

  return {
    get engine() {
      return engine;
    },
    load,
    forgetAndLoad,
  };
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
