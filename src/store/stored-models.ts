// What the page may see of the store: which models are there, and removing one.

import type { StoredModel } from '../api/types.ts';
import { type ChunkStore, chunkLength } from './chunk-store.ts';

/**
 * Lists the models of a store, the last used one first.
 * @throws EngineError 'storage'
 */
export async function listModelsOf(store: ChunkStore): Promise<StoredModel[]> {
  const records = await store.listModels();
  const models = await Promise.all(
    records.map(async ({ key, url, manifestUrl, sizeBytes, chunkBytes, lastUsedMs }) => {
      const chunks = await store.listChunks(key);
      const storedBytes = chunks.reduce((sum, index) => sum + chunkLength(index, sizeBytes, chunkBytes), 0);
      return { key, url, manifestUrl, sizeBytes, storedBytes, lastUsedMs };
    }),
  );
  return models.sort((a, b) => b.lastUsedMs - a.lastUsedMs);
}
