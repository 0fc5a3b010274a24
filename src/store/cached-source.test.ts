import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RangeServer, startRangeServer } from '../../test/support/range-server.ts';
import type { EngineError } from '../errors.ts';
import type { ByteCount } from './byte-counter.ts';
import { type CachedSource, type CachedSourceOptions, openCachedSource } from './cached-source.ts';
import type { ChunkRecord } from './chunk-store.ts';
import { MemoryChunkStore } from './memory-chunk-store.ts';

const CHUNK = 1000;
const FILE = Uint8Array.from({ length: 10_300 }, (_, i) => (i * 7 + (i >> 8)) & 255);
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const CHUNK_HASHES = Array.from({ length: 11 }, (_, i) => sha(FILE.subarray(i * CHUNK, (i + 1) * CHUNK)));
const EXPECTED = {
  sizeBytes: FILE.byteLength,
  sha256: sha(FILE),
  chunkBytes: CHUNK,
  chunkSha256: CHUNK_HASHES,
};

let server: RangeServer;
let store: MemoryChunkStore;
const open: CachedSource[] = [];

beforeEach(async () => {
  server = await startRangeServer(FILE);
  store = new MemoryChunkStore();
});
afterEach(async () => {
  for (const source of open.splice(0)) source.dispose();
  await server.close();
});

async function openSource(options: Partial<CachedSourceOptions> = {}): Promise<CachedSource> {
  const source = await openCachedSource({
    url: server.url,
    store,
    chunkBytes: CHUNK,
    retry: { baseDelayMs: 1 },
    ...options,
  });
  open.push(source);
  return source;
}

async function readAll(source: CachedSource, step = 700): Promise<Uint8Array> {
  const bytes = new Uint8Array(source.sizeBytes);
  for (let at = 0; at < bytes.byteLength; at += step) {
    bytes.set(await source.read(at, Math.min(step, bytes.byteLength - at)), at);
  }
  return bytes;
}

describe('CachedSource over a server with ranges', () => {
  it('learns the size from the first range and reads the whole file, each chunk once', async () => {
    const source = await openSource();
    expect(source.sizeBytes).toBe(FILE.byteLength);
    expect(await readAll(source)).toEqual(FILE);
    expect(server.requests).toHaveLength(11);
    expect(new Set(server.requests).size).toBe(11);
    expect(server.requests[0]).toBe('bytes=0-999');
  });

  it('makes no request at all when the model is complete in the store', async () => {
    await readAll(await openSource());
    server.requests.length = 0;
    const counts: ByteCount[] = [];
    const again = await openSource({ onBytes: (count) => counts.push(count) });
    expect(await readAll(again)).toEqual(FILE);
    expect(server.requests).toEqual([]);
    expect(counts.at(-1)).toEqual({ loadedBytes: 10_300, cachedBytes: 10_300 });
  });

  it('resumes after the page was killed: stored chunks are not fetched again', async () => {
    const first = await openSource();
    await first.read(0, 3500);
    first.dispose();
    await new Promise((resolve) => setTimeout(resolve, 30)); // requests on their way still reach the server
    const stored = await store.listChunks(server.url);
    expect(stored.length).toBeGreaterThanOrEqual(4);
    server.requests.length = 0;
    expect(await readAll(await openSource())).toEqual(FILE);
    const refetched = server.requests.filter((range) =>
      stored.some((i) => range.startsWith(`bytes=${i * CHUNK}-`)),
    );
    expect(refetched).toEqual([]);
    expect(server.requests).toHaveLength(11 - stored.length);
  });

  it('shares one fetch between concurrent reads of a chunk', async () => {
    const source = await openSource({ expected: EXPECTED });
    const reads = await Promise.all([source.read(5100, 10), source.read(5200, 10), source.read(5000, 1000)]);
    expect(reads[2]).toEqual(FILE.subarray(5000, 6000));
    expect(server.requests.filter((range) => range === 'bytes=5000-5999')).toHaveLength(1);
  });

  it('reads ranges over chunk borders, to the end, of no bytes, and refuses more than the file', async () => {
    const source = await openSource();
    expect(await source.read(999, 2)).toEqual(FILE.subarray(999, 1001));
    expect(await source.read(10_000, 300)).toEqual(FILE.subarray(10_000));
    expect(await source.read(10_300, 0)).toHaveLength(0);
    await expect(source.read(10_299, 2)).rejects.toMatchObject({ code: 'bad-file' });
  });

  it('prefetches at most two chunks ahead', async () => {
    const source = await openSource({ expected: EXPECTED });
    await source.read(0, 10);
    await expect.poll(() => server.requests.length).toBe(3);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(server.requests).toHaveLength(3);
  });

  it('counts each byte once and reports the whole at the end', async () => {
    const counts: ByteCount[] = [];
    const source = await openSource({ onBytes: (count) => counts.push(count) });
    await readAll(source);
    await source.read(0, 100);
    expect(counts.at(-1)).toEqual({ loadedBytes: 10_300, cachedBytes: 0 });
    expect(Math.max(...counts.map((count) => count.loadedBytes))).toBe(10_300);
  });
});

describe('CachedSource and damage', () => {
  it('detects a corrupted stored chunk, fetches it again and repairs the store', async () => {
    await readAll(await openSource());
    const good = (await store.getChunk(server.url, 4)) as ChunkRecord;
    const bad = good.bytes.slice();
    bad[17] ^= 1;
    const revision = (await store.getModel(server.url))?.revision ?? '';
    await store.putChunk(server.url, revision, 4, { bytes: bad, sha256: good.sha256 });
    server.requests.length = 0;
    expect(await readAll(await openSource())).toEqual(FILE);
    expect(server.requests).toEqual(['bytes=4000-4999']);
    expect(await store.getChunk(server.url, 4)).toEqual(good);
  });

  it("fails with 'integrity' when the download does not match the manifest, after a second try", async () => {
    const chunkSha256 = CHUNK_HASHES.with(2, sha(Uint8Array.of(1)));
    const source = await openSource({ expected: { ...EXPECTED, chunkSha256 } });
    const failure = source.read(2000, 10);
    await expect(failure).rejects.toMatchObject({ code: 'integrity', details: { chunk: 2, offset: 2000 } });
    expect(server.requests.filter((range) => range === 'bytes=2000-2999')).toHaveLength(2);
    expect(await store.listChunks(server.url)).not.toContain(2);
    expect(await source.read(1000, 10)).toEqual(FILE.subarray(1000, 1010));
  });

  it('replaces the stored version when the file changed between two visits', async () => {
    const first = await openSource();
    await first.read(0, 1500);
    first.dispose();
    const changed = FILE.map((byte) => byte ^ 255);
    Object.assign(server.behaviour, { bytes: changed, etag: '"v2"' });
    expect(await readAll(await openSource())).toEqual(changed);
    expect((await store.getModel(server.url))?.etag).toBe('"v2"');
  });

  it('notices that the file changes while it is read and removes what is stored', async () => {
    const source = await openSource();
    await source.read(0, 10);
    Object.assign(server.behaviour, { bytes: FILE.map((byte) => byte ^ 255), etag: '"v2"' });
    await expect(source.read(9000, 10)).rejects.toMatchObject({
      code: 'integrity',
      details: { changed: true },
    });
    expect(await store.listModels()).toEqual([]);
  });

  it('treats another SHA-256 in the manifest as another version', async () => {
    await readAll(await openSource({ expected: { ...EXPECTED, chunkSha256: null } }));
    const changed = FILE.map((byte) => byte ^ 255);
    Object.assign(server.behaviour, { bytes: changed, etag: '"v2"' });
    const source = await openSource({ expected: { ...EXPECTED, sha256: sha(changed), chunkSha256: null } });
    expect(await readAll(source)).toEqual(changed);
  });

  it("fails with 'integrity' when the manifest states another size than the server", async () => {
    const source = await openSource({ expected: { ...EXPECTED, sizeBytes: 10_200 } });
    await expect(source.read(0, 10)).rejects.toMatchObject({ code: 'integrity' });
  });
});

describe('CachedSource over a server that ignores ranges', () => {
  beforeEach(() => {
    server.behaviour.ranges = 'ignore';
  });

  it('reads the file with one request', async () => {
    const source = await openSource();
    expect(await readAll(source)).toEqual(FILE);
    expect(server.requests).toHaveLength(1);
    expect(await store.listChunks(server.url)).toHaveLength(11);
  });

  it('stores what goes by and reads backwards from the store', async () => {
    const counts: ByteCount[] = [];
    const source = await openSource({ onBytes: (count) => counts.push(count) });
    expect(await source.read(9000, 5)).toEqual(FILE.subarray(9000, 9005));
    expect(await source.read(2000, 5)).toEqual(FILE.subarray(2000, 2005));
    expect(server.requests).toHaveLength(1);
    expect(counts.at(-1)?.cachedBytes).toBe(0);
  });

  it('works without store too, with a new request for each step back', async () => {
    const source = await openSource({ store: null, expected: EXPECTED });
    expect(await source.read(5000, 5)).toEqual(FILE.subarray(5000, 5005));
    expect(await source.read(1000, 5)).toEqual(FILE.subarray(1000, 1005));
    expect(server.requests.length).toBeLessThanOrEqual(3);
  });

  it('resumes from stored chunks, still with one request', async () => {
    const first = await openSource();
    await first.read(0, 2500);
    first.dispose();
    server.requests.length = 0;
    expect(await readAll(await openSource())).toEqual(FILE);
    expect(server.requests).toHaveLength(1);
  });

  it('needs the size from the manifest when there is no Content-Length', async () => {
    server.behaviour.hideLength = true;
    await expect(openSource()).rejects.toMatchObject({ code: 'network' });
    expect(await readAll(await openSource({ expected: EXPECTED }))).toEqual(FILE);
  });

  it('starts the stream again when it breaks off', async () => {
    server.behaviour.faults = ['cut'];
    expect(await readAll(await openSource())).toEqual(FILE);
    expect(server.requests).toHaveLength(2);
  });
});

describe('CachedSource without network or storage', () => {
  it("says how much is stored when the network fails ('network')", async () => {
    const first = await openSource({ expected: EXPECTED });
    await first.read(0, 1500);
    first.dispose();
    const storedBytes = (await store.listChunks(server.url)).length * CHUNK;
    const offline = () => Promise.reject(new TypeError('offline'));
    const source = await openSource({ expected: EXPECTED, fetch: offline });
    expect(await source.read(0, 10)).toEqual(FILE.subarray(0, 10));
    const error = (await source.read(10_000, 10).catch((reason: unknown) => reason)) as EngineError;
    expect(error).toMatchObject({ code: 'network', details: { storedBytes, sizeBytes: 10_300 } });
    expect(error.message).toContain(`${storedBytes} of 10300 bytes`);
  });

  it('goes on without a store that fails, and warns once', async () => {
    const warnings: EngineError[] = [];
    store.putChunk = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
    const source = await openSource({ onStorageWarning: (error) => warnings.push(error) });
    expect(await readAll(source)).toEqual(FILE);
    expect(warnings.map((warning) => warning.code)).toEqual(['storage']);
  });

  it('reads a complete model from a store that can no longer be written', async () => {
    await readAll(await openSource());
    server.requests.length = 0;
    store.putModel = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
    const warnings: EngineError[] = [];
    const again = await openSource({ onStorageWarning: (error) => warnings.push(error) });
    expect(await readAll(again)).toEqual(FILE);
    expect(server.requests).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('goes on when the model is removed from the store during the load', async () => {
    const warnings: EngineError[] = [];
    const source = await openSource({ onStorageWarning: (error) => warnings.push(error) });
    await source.read(0, 10);
    await store.deleteModel(server.url);
    expect(await readAll(source)).toEqual(FILE);
    expect(await store.listChunks(server.url)).toEqual([]);
    expect(warnings).toHaveLength(1);
  });
});

describe('CachedSource and aborting', () => {
  it('ends a slow read with the reason of its signal, and other reads go on', async () => {
    const source = await openSource();
    server.behaviour.delayMs = 60;
    const controller = new AbortController();
    const aborted = source.read(7000, 10, controller.signal);
    const other = source.read(7000, 10);
    controller.abort('enough');
    await expect(aborted).rejects.toBe('enough');
    expect(await other).toEqual(FILE.subarray(7000, 7010));
  });

  it('ends everything with the signal of the source, and does not try again', async () => {
    const controller = new AbortController();
    const source = await openSource({ signal: controller.signal, expected: EXPECTED });
    server.behaviour.delayMs = 1000;
    const read = source.read(3000, 10);
    await expect.poll(() => server.requests.length).toBe(1);
    controller.abort(new DOMException('stop', 'AbortError'));
    await expect(read).rejects.toMatchObject({ name: 'AbortError', message: 'stop' });
    await expect(source.read(0, 10)).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.requests).toHaveLength(1);
  });

  it('rejects pending and later reads after dispose', async () => {
    const source = await openSource();
    server.behaviour.delayMs = 1000;
    const read = source.read(5000, 10);
    source.dispose();
    await expect(read).rejects.toMatchObject({ name: 'AbortError' });
    await expect(source.read(0, 10)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
