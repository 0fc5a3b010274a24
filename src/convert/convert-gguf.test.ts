import { describe, expect, it } from 'vitest';
import {
  type ConvertedModel,
  openGgufTensor,
  sameBits,
  writeToMemory,
} from '../../test/support/converted-model.ts';
import { memoryFolder } from '../../test/support/safetensors-bytes.ts';
import { findSharedFile, missingFile, sourceOfFile } from '../../test/support/shared-data.ts';
import { TINY_SCALE, tinyCheckpoint, tinyCodes } from '../../test/support/tiny-checkpoint.ts';
import { readGguf } from '../gguf/reader.ts';
import { planCheckpoint } from './convert-checkpoint.ts';
import { type GgufConversion, planGguf } from './convert-gguf.ts';

const tiny = (matrices: GgufConversion['matrices'], storage: 'multiply' | 'random-floats' = 'multiply') =>
  planCheckpoint(memoryFolder(checkpoint(storage)), { matrices, embedding: 'f32' });

/** Weights that are not ternary, without a record that says that they are master weights. */
function checkpoint(storage: 'multiply' | 'random-floats'): Record<string, string | Uint8Array> {
  if (storage === 'multiply') return tinyCheckpoint('multiply');
  const files = tinyCheckpoint('random-master');
  const config = JSON.parse(String(files['config.json'])) as Record<string, unknown>;
  return { ...files, 'config.json': JSON.stringify({ ...config, quantization_config: null }) };
}

async function convertFile(model: ConvertedModel, options: GgufConversion): Promise<ConvertedModel> {
  return writeToMemory(planGguf(model.file, model.source, options));
}

async function valuesOf(model: ConvertedModel, name: string): Promise<Float32Array> {
  const reader = model.open(name);
  return reader.readFloats(0, reader.rows);
}

describe('planGguf', () => {
  it.each(['tq1_0', 'tq2_0', 'q2_0', 'q4_0', 'q8_0', 'f16'] as const)(
    'keeps ternary matrices through %s and back to I2_S, byte for byte',
    async (type) => {
      const first = await writeToMemory(await tiny('i2_s'));
      const there = await convertFile(first, { matrices: type });
      const expected = Float32Array.from(tinyCodes('mlp.down_proj'), (code) => code * TINY_SCALE);
      expect(sameBits(await valuesOf(there, 'blk.0.ffn_down.weight'), expected)).toBe(true);
      const back = await convertFile(there, { matrices: 'i2_s' });
      expect(back.result.files[0].sha256).toBe(first.result.files[0].sha256);
    },
  );

  it('keeps all metadata but the file type, and the embedding unless asked', async () => {
    const first = await writeToMemory(await tiny('i2_s'));
    const second = await convertFile(first, { matrices: 'tq2_0', name: 'Other' });
    const changed = [...first.file.metadata].filter(
      ([key, value]) => JSON.stringify(second.file.metadata.get(key)) !== JSON.stringify(value),
    );
    expect(changed.map(([key]) => key)).toEqual(['general.name', 'general.file_type']);
    expect(second.file.metadata.size).toBe(first.file.metadata.size);
    expect(second.open('token_embd.weight').kind).toBe('float');
    const third = await convertFile(first, { matrices: 'tq2_0', embedding: 'q8_0' });
    expect(third.open('token_embd.weight').kind).toBe('int8');
  });

  it.each(['i2_s', 'tq1_0', 'tq2_0', 'q1_0', 'q2_0'] as const)(
    'refuses ordinary weights as %s and says what it saw',
    async (type) => {
      const plan = await tiny(type, 'random-floats');
      await expect(writeToMemory(plan)).rejects.toMatchObject({
        code: 'bad-argument',
        message: expect.stringMatching(/self_attn\.q_proj.*the values -?\d.*q8_0/),
      });
    },
  );

  it('refuses ternary weights as q1_0, which has no zero', async () => {
    await expect(writeToMemory(await tiny('q1_0'))).rejects.toThrow(/holds -s and \+s/);
  });

  it('writes ordinary weights as q8_0 within half a step', async () => {
    const plain = await writeToMemory(await tiny('f32', 'random-floats'));
    const coded = await convertFile(plain, { matrices: 'q8_0' });
    const [expected, values] = await Promise.all(
      [plain, coded].map((model) => valuesOf(model, 'blk.0.attn_q.weight')),
    );
    const worst = values.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
    expect(worst).toBeGreaterThan(0);
    expect(worst).toBeLessThan(0.5625 * (0.5 / 127 + 2 ** -11));
  });

  it('splits a model into files that read as one', async () => {
    const whole = await writeToMemory(await tiny('i2_s'));
    const split = await writeToMemory(await tiny('i2_s'), { shardBytes: 100_000 });
    const names = split.result.files.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(2);
    expect(names[1]).toBe(`out-00002-of-${String(names.length).padStart(5, '0')}.gguf`);
    expect(split.file.tensors.map(({ name }) => name)).toEqual(whole.file.tensors.map(({ name }) => name));
    for (const { name } of whole.file.tensors) {
      expect(sameBits(await valuesOf(split, name), await valuesOf(whole, name))).toBe(true);
    }
    const merged = await convertFile(split, { matrices: 'i2_s' });
    expect(merged.result.files[0].sha256).toBe(whole.result.files[0].sha256);
  });

  const PAIRS = [
    ['fixtures/gguf/q-TQ2_0.gguf', 'tq1_0'],
    ['fixtures/gguf/q-Q1_0.gguf', 'q8_0'],
    ['fixtures/gguf/tiny-qwen3-tern.gguf', 'f32'],
    ['fixtures/gguf/tiny-bitnet-b1.58-i2s.gguf', 'q2_0'],
  ] as const;
  for (const [path, type] of PAIRS) {
    const found = findSharedFile(path);
    it.skipIf(found === null)(
      found === null ? missingFile(path) : `keeps the values of ${path} as ${type}`,
      { timeout: 60_000 },
      async () => {
        const source = sourceOfFile(found ?? '');
        const file = await readGguf(source);
        const converted = await writeToMemory(planGguf(file, source, { matrices: type }));
        for (const tensor of file.tensors) {
          const stored = openGgufTensor(file, source, tensor.name);
          const expected = await stored.readFloats(0, stored.rows);
          const values = await valuesOf(converted, tensor.name);
          // Scales of I2_S are f32; the block formats round them to f16.
          const exact = !path.includes('i2s') || !tensor.name.startsWith('blk.');
          const worst = values.reduce(
            (most, value, i) => Math.max(most, Math.abs(value - expected[i]) / (Math.abs(expected[i]) || 1)),
            0,
          );
          expect(worst).toBeLessThanOrEqual(exact ? 0 : 2 ** -11);
        }
      },
    );
  }
});
