import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Fetch } from './http-ranges.ts';
import { MemoryChunkStore } from './memory-chunk-store.ts';
import { resolveModel } from './resolve-model.ts';
import { listModelsOf } from './stored-models.ts';

const BASE = 'https://example.org/app/';
const FILE = Uint8Array.from({ length: 200_000 }, (_, i) => i & 255);
const MANIFEST = {
  id: 'tiny',
  name: 'Tiny',
  url: 'tiny.gguf',
  sizeBytes: FILE.byteLength,
  sha256: createHash('sha256').update(FILE).digest('hex'),
  chunkBytes: 65_536,
  architecture: 'bitnet-b1.58',
  license: 'MIT',
};

/** A web of two files; `online` may be switched off. */
function createWeb(files: Record<string, Uint8Array<ArrayBuffer> | string>) {
  const web = { online: true, requests: [] as string[] };
  const fetch: Fetch = async (url, init) => {
    if (!web.online) throw new TypeError('Failed to fetch');
    web.requests.push(url);
    const body = files[url];
    if (body === undefined) return new Response('missing', { status: 404 });
    const range = /bytes=(\d+)-(\d+)/.exec(new Headers(init.headers).get('range') ?? '');
    if (typeof body === 'string' || range === null) return new Response(body);
    const first = Number(range[1]);
    const last = Math.min(Number(range[2]), body.byteLength - 1);
    const headers = { 'content-range': `bytes ${first}-${last}/${body.byteLength}`, etag: '"1"' };
    return new Response(body.slice(first, last + 1), { status: 206, headers });
  };
  return Object.assign(web, { fetch });
}

const setup = (manifest: unknown = MANIFEST) => {
  const store = new MemoryChunkStore();
  const web = createWeb({
    [`${BASE}models/manifest.json`]: JSON.stringify(manifest),
    [`${BASE}models/tiny.gguf`]: FILE,
    [`${BASE}page.json`]: '<!doctype html>',
  });
  const options = { baseUrl: BASE, store, fetch: web.fetch, retry: { baseDelayMs: 1 } };
  return { store, web, options };
};

describe('resolveModel', () => {
  it('follows a manifest URL to the weights', async () => {
    const { options } = setup();
    const model = await resolveModel('models/manifest.json', options);
    expect(model.manifest).toMatchObject({ id: 'tiny', url: `${BASE}models/tiny.gguf` });
    expect(model.key).toBe(`${BASE}models/tiny.gguf`);
    expect(await model.source.read(65_000, 1000)).toEqual(FILE.subarray(65_000, 66_000));
    model.dispose();
  });

  it('works without network on the second visit, manifest included', async () => {
    const { options, web } = setup();
    const first = await resolveModel('models/manifest.json', options);
    await first.source.read(0, FILE.byteLength);
    first.dispose();
    web.online = false;
    const second = await resolveModel('models/manifest.json', options);
    expect(second.manifest?.id).toBe('tiny');
    expect(await second.source.read(0, FILE.byteLength)).toEqual(FILE);
    second.dispose();
  });

  it("fails with 'network' when nothing is stored, and with 404 even when something is", async () => {
    const { options, web, store } = setup();
    web.online = false;
    await expect(resolveModel('models/manifest.json', options)).rejects.toMatchObject({ code: 'network' });
    web.online = true;
    const first = await resolveModel('models/manifest.json', options);
    await first.source.read(0, 10);
    first.dispose();
    const moved = { ...options, store, fetch: createWeb({}).fetch };
    const again = resolveModel('models/manifest.json', moved);
    await expect(again).rejects.toMatchObject({ code: 'network', details: { status: 404 } });
  });

  it('opens a GGUF URL without manifest, and a manifest record', async () => {
    const { options } = setup();
    const direct = await resolveModel('models/tiny.gguf?download=true#x', {
      ...options,
      fetch: (url, init) => options.fetch(url.replace('?download=true', ''), init),
    });
    expect(direct).toMatchObject({ manifest: null, key: `${BASE}models/tiny.gguf?download=true` });
    expect(direct.source.sizeBytes).toBe(FILE.byteLength);
    const record = await resolveModel({ ...MANIFEST, url: 'models/tiny.gguf' }, options);
    expect(await record.source.read(3, 4)).toEqual(FILE.subarray(3, 7));
    direct.dispose();
    record.dispose();
  });

  it('reads a Blob in place and stores nothing', async () => {
    const { options, store } = setup();
    const counts: number[] = [];
    const onBytes = (count: { loadedBytes: number }) => counts.push(count.loadedBytes);
    const model = await resolveModel(new File([FILE], 'my.gguf'), { ...options, onBytes });
    expect(model).toMatchObject({
      manifest: null,
      key: null,
      source: { name: 'my.gguf', sizeBytes: 200_000 },
    });
    expect(await model.source.read(100, 3)).toEqual(FILE.subarray(100, 103));
    await expect(model.source.read(199_999, 2)).rejects.toMatchObject({ code: 'bad-file' });
    expect(counts).toEqual([103]);
    expect(await store.listModels()).toEqual([]);
  });

  it.each([
    ['models/tiny.bin', 'bad-argument'],
    ['http://[', 'bad-argument'],
    ['javascript:x.gguf', 'bad-argument'],
    ['page.json', 'bad-file'],
  ])('refuses %s with %s', async (address, code) => {
    await expect(resolveModel(address, setup().options)).rejects.toMatchObject({ code });
  });

  it('stops at once when its signal is aborted', async () => {
    const { options, web } = setup();
    const signal = AbortSignal.abort('never mind');
    await expect(resolveModel('models/manifest.json', { ...options, signal })).rejects.toBe('never mind');
    expect(web.requests).toEqual([]);
  });
});

describe('listModelsOf', () => {
  it('lists a partly stored model with the bytes that are present', async () => {
    const { options, store } = setup();
    const model = await resolveModel('models/manifest.json', options);
    await model.source.read(196_608, 10); // the last, shorter chunk
    await model.source.read(65_536, 10);
    model.dispose();
    const [listed] = await listModelsOf(store);
    const present = await store.listChunks(listed.key);
    expect(present).toContain(3);
    expect(listed).toMatchObject({ url: `${BASE}models/tiny.gguf`, sizeBytes: 200_000 });
    expect(listed.storedBytes).toBe((present.length - 1) * 65_536 + 200_000 - 196_608);
  });

  it('puts the last used model first', async () => {
    const store = new MemoryChunkStore();
    const record = {
      sizeBytes: 1,
      chunkBytes: 1,
      revision: 'r',
      etag: null,
      lastModified: null,
      sha256: null,
    };
    const rest = { manifestUrl: null, manifestText: null, createdMs: 0 };
    await store.putModel({ key: 'old', url: 'old', ...record, ...rest, lastUsedMs: 1 });
    await store.putModel({ key: 'new', url: 'new', ...record, ...rest, lastUsedMs: 2 });
    expect((await listModelsOf(store)).map((model) => model.key)).toEqual(['new', 'old']);
  });
});
