import { describe, expect, it } from 'vitest';
import { absoluteUrl, parseManifest } from './manifest.ts';

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
