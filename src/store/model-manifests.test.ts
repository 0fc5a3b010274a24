// The manifests and the catalogue that the project ships in models/.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ModelManifest } from '../api/types.ts';
import { estimateMemory, totalMemory } from '../loader/memory-estimate.ts';
import { parseCatalogue, parseManifest } from './manifest.ts';

const FOLDER = new URL('../../models/', import.meta.url);
const SITE = 'https://example.org/models/';
const DEFAULT_CONTEXT = 4096;

const readJson = (path: string): unknown => JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8'));
const folders = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const catalogue = parseCatalogue(readJson('index.json'), `${SITE}index.json`);
const manifestOf = (folder: string): ModelManifest =>
  parseManifest(readJson(`${folder}/manifest.json`), `${SITE}${folder}/manifest.json`);

describe('models/index.json', () => {
  it('lists every manifest once', () => {
    const listed = catalogue.map(({ manifest }) => manifest).sort();
    expect(listed).toEqual(folders.map((folder) => `${SITE}${folder}/manifest.json`).sort());
    expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length);
  });

  it('starts with the default model', () => {
    expect(catalogue[0].id).toBe('sterna-chat');
  });
});

describe.each(folders)('the manifest of %s', (folder) => {
  const manifest = manifestOf(folder);

  it('is named by its folder and agrees with the catalogue', () => {
    expect(manifest.id).toBe(folder);
    const { id, name, sizeBytes, memoryBytes, architecture, license } = manifest;
    const entry = catalogue.find((candidate) => candidate.id === id);
    expect(entry).toEqual({
      id,
      name,
      manifest: `${SITE}${folder}/manifest.json`,
      ...(sizeBytes !== undefined && { sizeBytes }),
      memoryBytes,
      architecture,
      license,
    });
  });

  it('states the memory that follows from its dimensions', () => {
    const { dimensions, contextLength = DEFAULT_CONTEXT } = manifest;
    if (dimensions === undefined) throw new Error(`${folder} has no dimensions`);
    expect(manifest.memoryBytes).toBe(totalMemory(estimateMemory(dimensions, { contextLength })));
  });

  it('has a size that its tensors and a header explain', () => {
    const { sizeBytes, dimensions } = manifest;
    if (sizeBytes === undefined) {
      expect(manifest.description).toMatch(/exact size of the file is not published/);
      return;
    }
    const weights = storedBytes(manifest);
    // Headers hold the vocabulary: 28 to 70 bytes per token in the files that we know, and up to 1 MB besides.
    const headerBytes = sizeBytes - weights;
    expect(headerBytes).toBeGreaterThan((dimensions?.vocabularySize ?? 0) * 20);
    expect(headerBytes).toBeLessThan((dimensions?.vocabularySize ?? 0) * 70 + 1e6);
  });
});

/** Bytes of all tensors in the file, without padding. */
function storedBytes({ id, url, dimensions }: ModelManifest): number {
  if (dimensions === undefined) throw new Error(`${url} has no dimensions`);
  const { layers, hiddenSize, ffnSize, headDim, vocabularySize, tiedHead } = dimensions;
  const queries = dimensions.heads * headDim;
  const perLayer = hiddenSize * (2 * queries + 2 * dimensions.kvHeads * headDim + 3 * ffnSize);
  const table = vocabularySize * hiddenSize * (tiedHead ? 1 : 2);
  const subGains = dimensions.subNorms ? queries + ffnSize : 0;
  const headGains = dimensions.headNorms ? 2 * headDim : 0;
  const norms = (layers * (2 * hiddenSize + subGains + headGains) + hiddenSize) * 4;
  // Q1_0 and Q2_0 in groups of 128 hold the tables too; our own table is Q8_0, those of other I2_S files are F16.
  if (url.endsWith('-Q1_0.gguf')) return norms + (layers * perLayer + table) * (18 / 128);
  if (url.endsWith('-Q2_0.gguf')) return norms + (layers * perLayer + table) * (34 / 128);
  return norms + (layers * perLayer) / 4 + table * (id === 'sterna-chat' ? 34 / 32 : 2);
}
