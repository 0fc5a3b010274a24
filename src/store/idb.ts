// IndexedDB through idb-keyval: the only file that imports it. Adds key ranges, atomic groups and our errors.

import { createStore, promisifyRequest, type UseStore } from 'idb-keyval';
import { EngineError } from '../errors.ts';

/** A database with one table of records under array keys. */
export interface RecordTable {
  /** Runs `read` in one read transaction. */
  read<T>(read: (table: IDBObjectStore) => Promise<T>): Promise<T>;
  /**
   * Runs `write` in one transaction and waits until it is committed: all of it happens or none.
   * `write` may only await requests of this table.
   */
  write(write: (table: IDBObjectStore) => Promise<void>): Promise<void>;
}

/** Turns a request into a promise. */
export const requested: <T>(request: IDBRequest<T>) => Promise<T> = (request) => promisifyRequest(request);

/**
 * Opens (at the first use) the database `name`.
 * Every method rejects with EngineError 'storage' when IndexedDB is missing, full or failing.
 */
export function openRecordTable(name: string): RecordTable {
  let store: UseStore | null = null;
  const use = async <T>(
    mode: IDBTransactionMode,
    body: (table: IDBObjectStore) => Promise<T>,
  ): Promise<T> => {
    try {
      store ??= createStore(name, 'records');
      return await store(mode, body);
    } catch (cause) {
      throw storageError(name, cause);
    }
  };
  return {
    read: (read) => use('readonly', read),
    write: (write) =>
      use('readwrite', async (table) => {
        const committed = promisifyRequest(table.transaction);
        // The transaction's own failure is reported below; this keeps it from also being "unhandled".
        committed.catch(() => {});
        try {
          await write(table);
        } catch (error) {
          if (error instanceof EngineError) abortQuietly(table.transaction);
          throw error;
        }
        await committed;
      }),
  };
}

function abortQuietly(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // Already finished: nothing to undo.
  }
}

function storageError(name: string, cause: unknown): EngineError {
  if (cause instanceof EngineError) return cause;
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  const full = cause instanceof Error && cause.name === 'QuotaExceededError';
  const advice = full
    ? 'The disk share of this site is used up; remove stored models or free disk space.'
    : 'Storage may be switched off in private windows; the model can still be used without storing it.';
  return new EngineError(
    'storage',
    `The browser's storage (database ${name}) failed with ${reason}. ${advice}`,
    {
      details: { database: name, quota: full },
      cause,
    },
  );
}
