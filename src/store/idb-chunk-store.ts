// The ChunkStore over IndexedDB. Keys: ['model', key] and ['chunk', key, index], so that one range is one model.

import { type ChunkRecord, type ChunkStore, type ModelRecord, modelReplaced } from './chunk-store.ts';
import { openRecordTable, type RecordTable, requested } from './idb.ts';

/** Database of the models. A new layout of the records needs a new name, since old records are not migrated. */
export const MODEL_DATABASE = 'sterna-models-1';

/** Keeps models in IndexedDB; works in windows and workers. Several pages may use it at once. */
export class IdbChunkStore implements ChunkStore {
  readonly #table: RecordTable;

  /** @param database name of the database; other than the default only in tests */
  constructor(database: string = MODEL_DATABASE) {
    this.#table = openRecordTable(database);
  }

  getModel(key: string): Promise<ModelRecord | undefined> {
    return this.#table.read((table) => requested<ModelRecord | undefined>(table.get(['model', key])));
  }

  putModel(record: ModelRecord): Promise<void> {
    return this.#table.write(async (table) => {
      const before = await requested<ModelRecord | undefined>(table.get(['model', record.key]));
      if (before?.revision !== record.revision) table.delete(chunksOf(record.key));
      table.put(record, ['model', record.key]);
    });
  }

  getChunk(key: string, index: number): Promise<ChunkRecord | undefined> {
    return this.#table.read((table) => requested<ChunkRecord | undefined>(table.get(['chunk', key, index])));
  }

  putChunk(key: string, revision: string, index: number, record: ChunkRecord): Promise<void> {
    return this.#table.write(async (table) => {
      const model = await requested<ModelRecord | undefined>(table.get(['model', key]));
      if (model?.revision !== revision) throw modelReplaced(key);
      table.put({ bytes: record.bytes, sha256: record.sha256 }, ['chunk', key, index]);
    });
  }

  deleteChunk(key: string, index: number): Promise<void> {
    return this.#table.write(async (table) => {
      table.delete(['chunk', key, index]);
    });
  }

  async listChunks(key: string): Promise<number[]> {
    const keys = await this.#table.read((table) => requested(table.getAllKeys(chunksOf(key))));
    return keys.flatMap((entry) => (Array.isArray(entry) && typeof entry[2] === 'number' ? [entry[2]] : []));
  }

  deleteModel(key: string): Promise<void> {
    return this.#table.write(async (table) => {
      table.delete(chunksOf(key));
      table.delete(['model', key]);
    });
  }

  listModels(): Promise<ModelRecord[]> {
    // An array sorts after every string and number, so ['model', []] ends the range of all model keys.
    const range = IDBKeyRange.bound(['model'], ['model', []]);
    return this.#table.read((table) => requested<ModelRecord[]>(table.getAll(range)));
  }
}

function chunksOf(key: string): IDBKeyRange {
  return IDBKeyRange.bound(['chunk', key], ['chunk', key, []]);
}
