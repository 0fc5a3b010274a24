// Looks into the browser's model store from outside, and damages it: the layout is that of src/store/idb-chunk-store.ts.
import type { Page } from 'puppeteer-core';

const DATABASE = 'sterna-models-1';
const TABLE = 'records';

/** What the store holds. */
export interface StoredSummary {
  readonly models: number;
  readonly chunks: number;
  readonly chunkBytes: number;
}

/** Counts records; zero when the database does not exist. Must run in a page of the same origin. */
export function summarizeStore(page: Page): Promise<StoredSummary> {
  return page.evaluate(
    async (database, table) => {
      const summary = { models: 0, chunks: 0, chunkBytes: 0 };
      const known = await indexedDB.databases();
      if (!known.some(({ name }) => name === database)) return summary;
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(database);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      try {
        if (!db.objectStoreNames.contains(table)) return summary;
        await new Promise<void>((resolve, reject) => {
          const cursorRequest = db.transaction(table).objectStore(table).openCursor();
          cursorRequest.onerror = () => reject(cursorRequest.error);
          cursorRequest.onsuccess = () => {
            const cursor = cursorRequest.result;
            if (!cursor) {
              resolve();
              return;
            }
            const kind = (cursor.key as IDBValidKey[])[0];
            if (kind === 'model') summary.models++;
            else if (kind === 'chunk') {
              summary.chunks++;
              summary.chunkBytes += (cursor.value as { bytes: Uint8Array }).bytes.byteLength;
            }
            cursor.continue();
          };
        });
        return summary;
      } finally {
        db.close();
      }
    },
    DATABASE,
    TABLE,
  );
}

/**
 * Flips one byte in the middle of stored chunk `index` without touching its recorded hash.
 * @returns how many chunks were damaged: 1, or 0 when there is no such chunk
 */
export function damageStoredChunk(page: Page, index: number): Promise<number> {
  return page.evaluate(
    async (database, table, wanted) => {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(database);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      try {
        return await new Promise<number>((resolve, reject) => {
          let damaged = 0;
          const transaction = db.transaction(table, 'readwrite');
          transaction.oncomplete = () => resolve(damaged);
          transaction.onerror = () => reject(transaction.error);
          const cursorRequest = transaction.objectStore(table).openCursor();
          cursorRequest.onsuccess = () => {
            const cursor = cursorRequest.result;
            if (!cursor) return;
            const [kind, , chunkIndex] = cursor.key as IDBValidKey[];
            if (kind === 'chunk' && chunkIndex === wanted) {
              const record = cursor.value as { bytes: Uint8Array };
              record.bytes[record.bytes.length >> 1] ^= 0x40;
              cursor.update(record);
              damaged++;
            }
            cursor.continue();
          };
        });
      } finally {
        db.close();
      }
    },
    DATABASE,
    TABLE,
    index,
  );
}

/** Whether the recorded SHA-256 of every stored chunk is that of its bytes. */
export function storedHashesAgree(page: Page): Promise<boolean> {
  return page.evaluate(
    async (database, table) => {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(database);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      try {
        const records = await new Promise<{ bytes?: Uint8Array<ArrayBuffer>; sha256: string }[]>(
          (resolve, reject) => {
            const request = db.transaction(table).objectStore(table).getAll();
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
          },
        );
        for (const { bytes, sha256 } of records) {
          if (!bytes) continue;
          const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
          const hex = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
          if (hex !== sha256) return false;
        }
        return true;
      } finally {
        db.close();
      }
    },
    DATABASE,
    TABLE,
  );
}
