import { describe, expect, it } from 'vitest';
import { makeSynthetic, type SyntheticModel } from '../../../test/model/synthetic-models.ts';
import { EngineError } from '../../errors.ts';
import { GgufFields } from '../../gguf/fields.ts';
import { readGguf } from '../../gguf/reader.ts';
import type { GgufValue } from '../../gguf/values.ts';
import { MemorySource } from '../../util/byte-source.ts';
import { findArchitecture } from '../index.ts';
import { readDecoderConfig } from './decoder-config.ts';

const traits = { names: ['llama'], ropePairs: 'interleaved', activation: 'silu' } as const;
const f32 = (value: number): GgufValue => ({ type: 'f32', value });
const u32 = (value: number): GgufValue => ({ type: 'u32', value });
const text = (value: string): GgufValue => ({ type: 'string', value });

type Keys = Readonly<Record<string, GgufValue>>;

const model: SyntheticModel = { name: 'test', architecture: 'llama', matrices: () => 'f16' };
const file = await readGguf(new MemorySource('test.gguf', await makeSynthetic(model, 1)));

async function configWith(keys: Keys, without: readonly string[] = []) {
  const metadata = new Map(file.metadata);
  for (const [key, value] of Object.entries(keys)) metadata.set(`llama.${key}`, value);
  for (const key of without) metadata.delete(`llama.${key}`);
  return readDecoderConfig({ ...file, metadata, fields: new GgufFields(file.name, metadata) }, traits);
}

function error(code: string, field: RegExp) {
  return expect.toSatisfy(
    (thrown) => thrown instanceof EngineError && thrown.code === code && field.test(thrown.message),
  );
}

describe('readDecoderConfig', () => {
  it('reads sizes, and the head dimension from the file rather than from the hidden size', async () => {
    expect(await configWith({})).toMatchObject({ hiddenSize: 256, heads: 4, kvHeads: 2, headDim: 64 });
    const noLength = await configWith({}, ['attention.key_length']);
    expect(noLength).toMatchObject({ headDim: 64, tiedHead: true, vocabularySize: 320 });
    expect(noLength.ropeScaling).toBeUndefined();
    expect(noLength.qkvLimit).toBeUndefined();
  });

  it.each([
    'embedding_length',
    'block_count',
    'feed_forward_length',
    'attention.head_count',
    'attention.layer_norm_rms_epsilon',
    'context_length',
  ])('names the missing key %s', async (key) => {
    await expect(configWith({}, [key])).rejects.toEqual(error('bad-file', new RegExp(`llama.${key}`)));
  });

  it('refuses a partial rotation, values of another length and odd heads', async () => {
    const partial = configWith({ 'rope.dimension_count': u32(32) });
    await expect(partial).rejects.toEqual(error('unsupported-model', /rope.dimension_count/));
    const values = configWith({ 'attention.value_length': u32(32) });
    await expect(values).rejects.toEqual(error('unsupported-model', /value_length/));
    await expect(configWith({ 'attention.key_length': u32(63) })).rejects.toEqual(error('bad-file', /63/));
    const group = configWith({ 'attention.head_count_kv': u32(3) });
    await expect(group).rejects.toEqual(error('bad-file', /head_count_kv 3/));
  });

  it('reads rope scaling with the defaults of llama.cpp', async () => {
    const scaling = async (keys: Keys) => (await configWith(keys)).ropeScaling;
    expect(await scaling({ 'rope.scaling.factor': f32(4) })).toEqual({ type: 'linear', factor: 4 });
    expect(await scaling({ 'rope.scale_linear': f32(2) })).toEqual({ type: 'linear', factor: 2 });
    expect(
      await scaling({ 'rope.scaling.type': text('none'), 'rope.scaling.factor': f32(4) }),
    ).toBeUndefined();
    const yarn = { 'rope.scaling.type': text('yarn'), 'rope.scaling.factor': f32(4) };
    expect(await scaling(yarn)).toMatchObject({ type: 'yarn', factor: 4, originalContext: 512 });
    const original = { ...yarn, 'rope.scaling.original_context_length': u32(64) };
    expect(await scaling(original)).toMatchObject({ originalContext: 64, attentionFactor: 1 });
    const long = scaling({ 'rope.scaling.type': text('longrope'), 'rope.scaling.factor': f32(4) });
    await expect(long).rejects.toEqual(error('unsupported-model', /longrope/));
    const zero = scaling({ 'rope.scaling.type': text('yarn') });
    await expect(zero).rejects.toEqual(error('bad-file', /factor 0/));
  });
});

describe('findArchitecture', () => {
  it('has one record for each name and names what it does not know', () => {
    for (const name of ['bitnet-b1.58', 'bitnet-25', 'bitnet', 'llama', 'qwen2', 'qwen3', 'olmo']) {
      expect(findArchitecture(name).names).toContain(name);
    }
    expect(() => findArchitecture('qwen35')).toThrow(/"qwen35" is not supported; supported are .*qwen3/);
  });
});
