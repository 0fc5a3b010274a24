// The page's view of the browser's model store.

import { IdbChunkStore } from '../store/idb-chunk-store.ts';
import { listModelsOf } from '../store/stored-models.ts';
import type { StoredModel } from './types.ts';
import { checkText } from './validate.ts';

/**
 * Lists the models in this origin's store, partly downloaded ones included, the last used one first.
 * @throws EngineError 'storage' when the browser refuses IndexedDB
 */
export function listStoredModels(): Promise<StoredModel[]> {
  return listModelsOf(new IdbChunkStore());
}

/**
 * Removes a model from the store. A loaded model goes on running; unknown keys are ignored.
 * @param key `key` of a StoredModel
 * @throws EngineError 'storage', 'bad-argument'
 */
export async function removeStoredModel(key: string): Promise<void> {
  await new IdbChunkStore().deleteModel(checkText('key', key));
}
