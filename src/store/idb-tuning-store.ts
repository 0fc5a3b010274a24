// What the autotuner measured, in IndexedDB: one record per device, kernel version and shape.

import { openRecordTable, type RecordTable, requested } from './idb.ts';

/** Database of the records; apart from the models, so that removing those keeps these. */
export const TUNING_DATABASE = 'sterna-tuning-1';

/** A device has a few dozen; more are those of old versions, and all are dropped: what is needed is measured again. */
const MOST_RECORDS = 500;

/** Keeps records in IndexedDB; works in windows and workers. What lies in it is not checked here. */
export class IdbTuningStore {
  readonly #table: RecordTable;

  /** @param database name of the database; other than the default only in tests */
  constructor(database: string = TUNING_DATABASE) {
    this.#table = openRecordTable(database);
  }

  /** @returns what lies under the key, undefined when nothing does. @throws EngineError 'storage' */
  read(key: string): Promise<unknown> {
    return this.#table.read((table) => requested<unknown>(table.get(key)));
  }

  /** Replaces what lies under the key. @throws EngineError 'storage' */
  write(key: string, record: unknown): Promise<void> {
    return this.#table.write(async (table) => {
      const count = await requested<number>(table.count());
      if (count >= MOST_RECORDS) table.clear();
      table.put(record, key);
    });
  }
}
