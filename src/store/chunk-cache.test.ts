import { describe, expect, it } from 'vitest';
import { CHUNK_WINDOW, ChunkCache } from './chunk-cache.ts';

/** A cache whose loads the test finishes. */
function setup() {
  const started: number[] = [];
  const finish = new Map<number, (bytes: Uint8Array) => void>();
  const fail = new Map<number, (error: Error) => void>();
  const cache = new ChunkCache((index) => {
    started.push(index);
    return new Promise((resolve, reject) => {
      finish.set(index, resolve);
      fail.set(index, reject);
    });
  });
  const settle = async (...indices: number[]) => {
    for (const index of indices) finish.get(index)?.(Uint8Array.of(index));
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { cache, started, settle, fail };
}

describe('ChunkCache', () => {
  it('runs at most the window of loads at once, and the others in order', async () => {
    const { cache, started, settle } = setup();
    const chunks = [0, 1, 2, 3, 4].map((index) => cache.get(index));
    expect(started).toEqual([0, 1, 2]);
    await settle(1);
    expect(started).toEqual([0, 1, 2, 3]);
    await settle(0, 2, 3);
    await settle(4);
    expect((await Promise.all(chunks)).map((bytes) => bytes[0])).toEqual([0, 1, 2, 3, 4]);
  });

  it('keeps the last chunks of the window and loads older ones again', async () => {
    const { cache, started, settle } = setup();
    for (const index of [0, 1, 2, 3]) {
      cache.get(index);
      await settle(index);
    }
    for (const index of [3, 2, 1]) cache.get(index);
    expect(started).toHaveLength(4);
    cache.get(0);
    expect(started).toEqual([0, 1, 2, 3, 0]);
    expect(CHUNK_WINDOW).toBe(3);
  });

  it('shares a load, and forgets one that failed', async () => {
    const { cache, started, fail } = setup();
    const both = [cache.get(7), cache.get(7)];
    fail.get(7)?.(new Error('no'));
    for (const chunk of both) await expect(chunk).rejects.toThrow('no');
    cache.get(7);
    expect(started).toEqual([7, 7]);
  });

  it('prefetches only into free places', async () => {
    const { cache, started, settle } = setup();
    for (const index of [0, 1, 2]) cache.get(index);
    cache.prefetch(3);
    expect(started).toEqual([0, 1, 2]);
    await settle(0);
    cache.prefetch(3);
    cache.prefetch(1);
    expect(started).toEqual([0, 1, 2, 3]);
  });
});
