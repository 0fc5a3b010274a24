import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelPlan, OutputTensor } from '../convert/write-model.ts';
import { writeModelFiles } from './output-files.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sterna-output-'));
});

afterEach(() => rm(folder, { recursive: true }));

function tensor(name: string, fails = false): OutputTensor {
  return {
    name,
    type: 0,
    dims: [32],
    async *parts() {
      yield new Uint8Array(64);
      if (fails) throw new Error('a weight is not finite');
      yield new Uint8Array(64);
    },
  };
}

const planOf = (...tensors: OutputTensor[]): ModelPlan => ({ metadata: new Map(), tensors });

describe('writeModelFiles', () => {
  it('leaves what was there, and nothing else, when a tensor fails', async () => {
    const output = path.join(folder, 'out.gguf');
    await writeFile(output, 'the model of yesterday');
    const written = writeModelFiles(planOf(tensor('a'), tensor('b', true)), output, { shardBytes: 128 });
    await expect(written).rejects.toThrow('a weight is not finite');
    expect(await readdir(folder)).toEqual(['out.gguf']);
    expect(await readFile(output, 'utf8')).toBe('the model of yesterday');
  });

  it('replaces what was there once everything is written', async () => {
    const output = path.join(folder, 'out.gguf');
    await writeFile(output, 'the model of yesterday');
    const { files } = await writeModelFiles(planOf(tensor('a'), tensor('b')), output);
    expect(await readdir(folder)).toEqual(['out.gguf']);
    expect((await readFile(output)).subarray(0, 4).toString()).toBe('GGUF');
    expect(files).toHaveLength(1);
  });
});
