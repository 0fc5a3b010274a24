import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { IdbTuningStore } from './idb-tuning-store.ts';

describe('IdbTuningStore', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('keeps records beyond its own life and replaces them', async () => {
    const store = new IdbTuningStore('tuning-a');
    expect(await store.read('device|hash|shape')).toBeUndefined();
    await store.write('device|hash|shape', { version: 1, candidate: 'a' });
    await store.write('device|hash|shape', { version: 1, candidate: 'b' });
    await store.write('device|hash|other', { version: 1, candidate: 'c' });
    const again = new IdbTuningStore('tuning-a');
    expect(await again.read('device|hash|shape')).toEqual({ version: 1, candidate: 'b' });
    expect(await again.read('device|hash|other')).toEqual({ version: 1, candidate: 'c' });
  });

  it('does not grow for ever: what old versions left is dropped', async () => {
    const store = new IdbTuningStore('tuning-b');
    for (let index = 0; index <= 500; index++) await store.write(`old ${index}`, index);
    expect(await store.read('old 3')).toBeUndefined();
    expect(await store.read('old 500')).toBe(500);
  });

  it('reports a browser without storage as one clear error', async () => {
    vi.stubGlobal('indexedDB', undefined);
    await expect(new IdbTuningStore('tuning-c').read('x')).rejects.toMatchObject({ code: 'storage' });
  });
});
