// One contract for every ChunkStore.
import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { EngineError } from '../errors.ts';
import { type ChunkStore, chunkCount, chunkLength, type ModelRecord, revisionOf } from './chunk-store.ts';
import { IdbChunkStore } from './idb-chunk-store.ts';
import { MemoryChunkStore } from './memory-chunk-store.ts';

let databases = 0;
const STORES: Record<string, () => ChunkStore> = {
  memory: () => new MemoryChunkStore(),
  idb: () => new IdbChunkStore(`test-${databases++}`),
};

function modelRecord(key: string, change: Partial<ModelRecord> = {}): ModelRecord {
  return {
    key,
    url: key,
    sizeBytes: 10,
    chunkBytes: 4,
    revision: 'r1',
    etag: '"a"',
    lastModified: null,
    sha256: null,
    manifestUrl: null,
    manifestText: null,
    createdMs: 1,
    lastUsedMs: 2,
    ...change,
  };
}

const chunk = (...bytes: number[]) => ({ bytes: Uint8Array.from(bytes), sha256: `hash-${bytes.join('-')}` });

describe.each(Object.entries(STORES))('ChunkStore contract: %s', (_name, create) => {
  it('answers undefined for what it does not have, and empty lists', async () => {
    const store = create();
    expect(await store.getModel('m')).toBeUndefined();
    expect(await store.getChunk('m', 0)).toBeUndefined();
    expect(await store.listChunks('m')).toEqual([]);
    expect(await store.listModels()).toEqual([]);
  });

  it('gives back what was put', async () => {
    const store = create();
    await store.putModel(modelRecord('m'));
    await store.putChunk('m', 'r1', 1, chunk(1, 2, 3, 4));
    expect(await store.getModel('m')).toEqual(modelRecord('m'));
    expect(await store.getChunk('m', 1)).toEqual(chunk(1, 2, 3, 4));
    expect(await store.listModels()).toEqual([modelRecord('m')]);
  });

  it('lists present chunks in ascending numeric order', async () => {
    const store = create();
    await store.putModel(modelRecord('m'));
    for (const index of [10, 2, 0]) await store.putChunk('m', 'r1', index, chunk(index));
    expect(await store.listChunks('m')).toEqual([0, 2, 10]);
    await store.deleteChunk('m', 2);
    await store.deleteChunk('m', 3);
    expect(await store.listChunks('m')).toEqual([0, 10]);
  });

  it('keeps chunks when the record is rewritten with the same revision', async () => {
    const store = create();
    await store.putModel(modelRecord('m'));
    await store.putChunk('m', 'r1', 0, chunk(1));
    await store.putModel(modelRecord('m', { lastUsedMs: 9 }));
    expect(await store.listChunks('m')).toEqual([0]);
    expect((await store.getModel('m'))?.lastUsedMs).toBe(9);
  });

  it('drops the chunks when the record gets another revision, and only of that model', async () => {
    const store = create();
    await store.putModel(modelRecord('m'));
    await store.putModel(modelRecord('m2'));
    await store.putChunk('m', 'r1', 0, chunk(1));
    await store.putChunk('m2', 'r1', 0, chunk(2));
    await store.putModel(modelRecord('m', { revision: 'r2' }));
    expect(await store.listChunks('m')).toEqual([]);
    expect(await store.listChunks('m2')).toEqual([0]);
  });

  it('refuses a chunk of an unknown model or of another revision', async () => {
    const store = create();
    await expect(store.putChunk('m', 'r1', 0, chunk(1))).rejects.toMatchObject({ code: 'storage' });
    await store.putModel(modelRecord('m'));
    const late = store.putChunk('m', 'r0', 0, chunk(1));
    await expect(late).rejects.toBeInstanceOf(EngineError);
    expect(await store.listChunks('m')).toEqual([]);
  });

  it('removes a model with its chunks and leaves the others, also one whose key is a prefix', async () => {
    const store = create();
    for (const key of ['m', 'mm']) {
      await store.putModel(modelRecord(key));
      await store.putChunk(key, 'r1', 0, chunk(1));
    }
    await store.deleteModel('m');
    await store.deleteModel('unknown');
    expect(await store.getModel('m')).toBeUndefined();
    expect(await store.listChunks('m')).toEqual([]);
    expect(await store.listChunks('mm')).toEqual([0]);
  });

  it('stores a copy: later changes of the caller do not reach the store', async () => {
    const store = create();
    await store.putModel(modelRecord('m'));
    const mine = chunk(1, 2);
    await store.putChunk('m', 'r1', 0, mine);
    mine.bytes[0] = 99;
    const read = await store.getChunk('m', 0);
    expect(read?.bytes[0]).toBe(1);
    if (read) read.bytes[0] = 77;
    expect((await store.getChunk('m', 0))?.bytes[0]).toBe(1);
  });
});

describe('IdbChunkStore', () => {
  it('keeps its records for another instance over the same database', async () => {
    const first = new IdbChunkStore('test-shared');
    await first.putModel(modelRecord('m'));
    await first.putChunk('m', 'r1', 0, chunk(5));
    expect(await new IdbChunkStore('test-shared').getChunk('m', 0)).toEqual(chunk(5));
  });

  it("rejects with 'storage' when there is no IndexedDB", async () => {
    const kept = globalThis.indexedDB;
    Reflect.deleteProperty(globalThis, 'indexedDB');
    try {
      await expect(new IdbChunkStore('test-none').listModels()).rejects.toMatchObject({ code: 'storage' });
    } finally {
      globalThis.indexedDB = kept;
    }
  });
});

describe('chunk arithmetic', () => {
  it('cuts a file with a ragged end, an exact one and an empty one', () => {
    expect([chunkCount(10, 4), chunkCount(8, 4), chunkCount(0, 4)]).toEqual([3, 2, 0]);
    expect([chunkLength(0, 10, 4), chunkLength(2, 10, 4), chunkLength(1, 8, 4)]).toEqual([4, 2, 4]);
  });

  it('names a revision by the strongest identity', () => {
    const version = { sizeBytes: 10, chunkBytes: 4, sha256: null, etag: '"e"', lastModified: 'monday' };
    expect(revisionOf({ ...version, sha256: 'ab' })).toBe('10/4/ab');
    expect(revisionOf(version)).toBe('10/4/"e"');
    expect(revisionOf({ ...version, etag: null })).toBe('10/4/monday');
  });
});
