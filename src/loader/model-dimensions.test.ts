import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sourceOfFile } from '../../test/support/shared-data.ts';
import { fileWithTokenizer } from '../../test/support/tokenizer-metadata.ts';
import type { ModelDimensions } from '../api/types.ts';
import { readGguf } from '../gguf/reader.ts';
import { estimateMemory } from './memory-estimate.ts';
import { readDimensions } from './model-dimensions.ts';

const FOLDER = new URL('../../models/sterna-chat/', import.meta.url);

describe('readDimensions', () => {
  it('agrees with the manifest of the default model', async () => {
    const manifest = JSON.parse(readFileSync(new URL('manifest.json', FOLDER), 'utf8')) as {
      url: string;
      dimensions: ModelDimensions;
    };
    const file = await readGguf(sourceOfFile(fileURLToPath(new URL(manifest.url, FOLDER))));
    const { weightsBytes, ...dimensions } = readDimensions(file);
    expect(dimensions).toEqual({ headNorms: false, ...manifest.dimensions });
    expect(weightsBytes).toBe(estimateMemory(manifest.dimensions, { contextLength: 1 }).weightsBytes);
  });

  it('refuses an unknown architecture', async () => {
    const file = await readGguf(sourceOfFile(fileURLToPath(new URL('sterna-chat-i2_s.gguf', FOLDER))));
    const { fields } = await fileWithTokenizer({ 'general.architecture': 'mystery' });
    expect(() => readDimensions({ ...file, fields })).toThrow(/mystery/);
  });
});
