import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadCatalogue } from './catalogue.ts';

const ENTRY = {
  id: 'a',
  name: 'A',
  manifest: 'a/manifest.json',
  architecture: 'bitnet-b1.58',
  license: 'MIT',
};
const BASE = { baseUrl: 'https://example.org/chat/' };

function answerWith(body: string, init: ResponseInit = {}) {
  const fetch = vi.fn(async (_url: string, _init?: RequestInit) => new Response(body, init));
  vi.stubGlobal('fetch', fetch);
  return fetch;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('loadCatalogue', () => {
  it('resolves the catalogue against the page and its manifests against the catalogue', async () => {
    const fetch = answerWith(JSON.stringify({ models: [{ ...ENTRY, memoryBytes: 7 }] }));
    const entries = await loadCatalogue('models/index.json', BASE);
    expect(fetch.mock.calls[0][0]).toBe('https://example.org/chat/models/index.json');
    expect(entries).toEqual([
      { ...ENTRY, manifest: 'https://example.org/chat/models/a/manifest.json', memoryBytes: 7 },
    ]);
  });

  it('names the field that is wrong', async () => {
    answerWith(JSON.stringify({ models: [ENTRY, { ...ENTRY, name: 3 }] }));
    await expect(loadCatalogue('index.json', BASE)).rejects.toMatchObject({
      code: 'bad-file',
      details: { field: 'models[1].name' },
    });
  });

  it('says so when the answer is a page instead of JSON, or none', async () => {
    answerWith('<!doctype html>');
    await expect(loadCatalogue('index.json', BASE)).rejects.toMatchObject({ code: 'bad-file' });
    answerWith('', { status: 404 });
    await expect(loadCatalogue('index.json', BASE)).rejects.toMatchObject({ code: 'network' });
  });

  it('refuses an address that is no URL', async () => {
    await expect(loadCatalogue('javascript:alert(1)', BASE)).rejects.toMatchObject({ code: 'bad-argument' });
  });
});
