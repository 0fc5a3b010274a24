import { describe, expect, it } from 'vitest';
import { absoluteUrl, parseCatalogue, parseManifest } from './manifest.ts';

const URL_OF_MANIFEST = 'https://example.org/models/tiny/manifest.json';
const HASH = 'ab'.repeat(32);
const GOOD = {
  id: 'tiny',
  name: 'Tiny',
  url: 'tiny.gguf',
  sizeBytes: 150_000,
  architecture: 'bitnet-b1.58',
  license: 'MIT',
};
const DIMENSIONS = {
  layers: 2,
  hiddenSize: 256,
  ffnSize: 512,
  heads: 4,
  kvHeads: 2,
  headDim: 64,
  vocabularySize: 320,
  tiedHead: true,
  matrixBits: 2,
};
const parse = (change: Record<string, unknown> = {}) =>
  parseManifest({ ...GOOD, ...change }, URL_OF_MANIFEST);

describe('parseManifest', () => {
  it('reads the required fields and makes the URL absolute', () => {
    expect(parse()).toEqual({ ...GOOD, url: 'https://example.org/models/tiny/tiny.gguf' });
  });

  it('reads all fields and ignores unknown keys', () => {
    const optional = {
      description: 'd',
      sha256: HASH,
      chunkBytes: 65_536,
      chunkSha256: [HASH, HASH, HASH],
      sampling: { temperature: 0.7, topK: 40, topP: 0.9, minP: 0.05, repetitionPenalty: 1.1, seed: 7 },
      contextLength: 512,
      systemPrompt: 'Be kind.',
      homepage: 'https://example.org/tiny',
      memoryBytes: 200_000,
      dimensions: { ...DIMENSIONS, scaleGroup: 128, subNorms: true, headNorms: false },
    };
    const parsed = parse({
      ...optional,
      comment: 'ignored',
      sampling: { ...optional.sampling, mirostat: 2 },
    });
    expect(parsed).toEqual({ ...GOOD, ...optional, url: 'https://example.org/models/tiny/tiny.gguf' });
  });

  it.each([
    ['id', undefined],
    ['id', ''],
    ['name', 5],
    ['url', undefined],
    ['url', 'javascript:alert(1)'],
    ['url', 'data:,x'],
    ['url', 'ftp://example.org/x.gguf'],
    ['sizeBytes', 0],
    ['sizeBytes', -1],
    ['sizeBytes', 1.5],
    ['sizeBytes', 2 ** 53],
    ['sizeBytes', '150000'],
    ['sha256', HASH.toUpperCase()],
    ['sha256', HASH.slice(1)],
    ['chunkBytes', 1024],
    ['chunkBytes', 2 ** 26],
    ['contextLength', 0],
    ['description', 'x'.repeat(100_001)],
    ['sampling', 'hot'],
    ['license', null],
  ])('refuses field %s = %j and names it', (field, value) => {
    const attempt = () => parse({ [field]: value });
    expect(attempt).toThrowError(
      expect.objectContaining({ code: 'bad-file', details: expect.objectContaining({ field }) }),
    );
  });

  it('takes a manifest without a size, for files whose exact size is not known', () => {
    expect(parse({ sizeBytes: undefined }).sizeBytes).toBeUndefined();
    const hashes = { sizeBytes: undefined, chunkBytes: 65_536, chunkSha256: [HASH] };
    expect(() => parse(hashes)).toThrow(/sizeBytes beside it/);
  });

  it.each([
    ['dimensions', 5],
    ['dimensions.layers', { ...DIMENSIONS, layers: 0 }],
    ['dimensions.heads', { ...DIMENSIONS, heads: undefined }],
    ['dimensions.tiedHead', { ...DIMENSIONS, tiedHead: 'yes' }],
    ['dimensions.scaleGroup', { ...DIMENSIONS, scaleGroup: -1 }],
  ])('names %s when it is wrong', (field, dimensions) => {
    expect(() => parse({ dimensions })).toThrowError(
      expect.objectContaining({ code: 'bad-file', details: expect.objectContaining({ field }) }),
    );
  });

  it('names a field inside sampling', () => {
    expect(() => parse({ sampling: { topP: 0 } })).toThrow(/sampling\.topP .* above 0 and at most 1/);
  });

  it('refuses chunk hashes of a wrong number, of a wrong form, or without chunkBytes', () => {
    expect(() => parse({ chunkBytes: 65_536, chunkSha256: [HASH, HASH] })).toThrow(/array of 3 hashes/);
    expect(() => parse({ chunkBytes: 65_536, chunkSha256: [HASH, HASH, 'no'] })).toThrow(/hex digits/);
    expect(() => parse({ chunkSha256: [HASH] })).toThrow(/chunkBytes beside it/);
  });

  it.each([null, [], 'text', 5])('refuses %j in place of an object', (value) => {
    expect(() => parseManifest(value, URL_OF_MANIFEST)).toThrow(/expected a JSON object/);
  });
});

describe('absoluteUrl', () => {
  it('accepts http, https and the scheme of the base, and drops the fragment', () => {
    expect(absoluteUrl('../a.gguf#x', URL_OF_MANIFEST)).toBe('https://example.org/models/a.gguf');
    expect(absoluteUrl('http://h/a.gguf?b=c', URL_OF_MANIFEST)).toBe('http://h/a.gguf?b=c');
    expect(absoluteUrl('a.gguf', 'app://host/dir/')).toBe('app://host/dir/a.gguf');
    expect(() => absoluteUrl('app://host/a.gguf', URL_OF_MANIFEST)).toThrow();
  });
});

describe('parseCatalogue', () => {
  const catalogueUrl = 'https://example.org/models/index.json';
  const entry = {
    id: 'tiny',
    name: 'Tiny',
    manifest: 'tiny/manifest.json',
    architecture: 'llama',
    license: 'MIT',
  };

  it('reads entries, makes their manifests absolute and ignores unknown keys', () => {
    const full = { ...entry, sizeBytes: 5, memoryBytes: 7, note: 'ignored' };
    const parsed = parseCatalogue({ models: [entry, full] }, catalogueUrl);
    const manifest = 'https://example.org/models/tiny/manifest.json';
    expect(parsed).toEqual([
      { ...entry, manifest },
      { ...entry, manifest, sizeBytes: 5, memoryBytes: 7 },
    ]);
  });

  it.each([
    [null, 'models'],
    [{ models: {} }, 'models'],
    [{ models: Array.from({ length: 1001 }, () => entry) }, 'models'],
    [{ models: [entry, 5] }, 'models[1]'],
    [{ models: [{ ...entry, license: '' }] }, 'models[0].license'],
    [{ models: [{ ...entry, manifest: 'data:,x' }] }, 'url'],
  ])('refuses %.60j and names the field', (value, field) => {
    expect(() => parseCatalogue(value, catalogueUrl)).toThrowError(
      expect.objectContaining({ code: 'bad-file', details: expect.objectContaining({ field }) }),
    );
  });
});
