import { describe, expect, it } from 'vitest';
import { makeSynthetic, SIZES, type SyntheticModel } from '../../test/model/synthetic-models.ts';
import { openGgufTensor, sameBits, writeToMemory } from '../../test/support/converted-model.ts';
import { EngineError } from '../errors.ts';
import { readGguf } from '../gguf/reader.ts';
import { openCodeTensor } from '../quant/coded/reader.ts';
import type { TensorLocation } from '../quant/format.ts';
import { readQuantizationMetadata, sideTensorNames } from '../quant/quantization-metadata.ts';
import { MemorySource } from '../util/byte-source.ts';
import { parseRecipe } from './parse-recipe.ts';
import { planQuantization } from './plan-quantization.ts';
import { presetRecipe } from './presets.ts';
import type { Recipe } from './recipe.ts';
import { openGgufModel } from './source-model.ts';

const FLOATS: SyntheticModel = {
  name: 'q',
  architecture: 'bitnet-b1.58',
  matrices: () => 'f32',
  tables: 'f32',
};

const made = new Map<string, Promise<Uint8Array>>();

/** Made once for each name. */
function synthetic(model: SyntheticModel): Promise<Uint8Array> {
  const bytes = made.get(model.name) ?? makeSynthetic(model, 3);
  made.set(model.name, bytes);
  return bytes;
}

async function openSynthetic(model: SyntheticModel = FLOATS, change: (bytes: Uint8Array) => void = () => {}) {
  const bytes = (await synthetic(model)).slice();
  change(bytes);
  const source = new MemorySource('m.gguf', bytes);
  const file = await readGguf(source);
  return { file, source, model: openGgufModel(file, source) };
}

async function quantize(recipe: Recipe, model: SyntheticModel = FLOATS, calibration?: readonly number[]) {
  const opened = await openSynthetic(model);
  const planned = await planQuantization(opened.model, recipe, { calibration });
  const written = await writeToMemory(planned.plan);
  const metadata = readQuantizationMetadata(written.file);
  if (metadata === null) throw new Error('no metadata');
  return { ...opened, planned, written, metadata };
}

function locate({ written }: Awaited<ReturnType<typeof quantize>>, name: string): TensorLocation {
  const tensor = written.file.tensors.find((candidate) => candidate.name === name);
  if (tensor === undefined) throw new Error(`no tensor ${name}`);
  return { ...tensor, source: written.source, columns: tensor.dims[0], rows: tensor.dims[1] ?? 1 };
}

function openCodes(result: Awaited<ReturnType<typeof quantize>>, name: string) {
  const spec = result.metadata.codes.get(name);
  if (spec === undefined) throw new Error(`no codes ${name}`);
  return openCodeTensor(locate(result, name), locate(result, sideTensorNames(name).codeScale), spec);
}

const recipeOf = (json: object): Recipe => parseRecipe(json, 'test.json');

async function reasonOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    if (error instanceof EngineError) return error.details.reason;
    throw error;
  }
  return null;
}

describe('quantised files', () => {
  it('hold int4 codes within half a step of the weights', async () => {
    const result = await quantize(presetRecipe('int4-rtn'));
    const name = 'blk.1.ffn_down.weight';
    const original = await openGgufTensor(result.file, result.source, name).readFloats(0, SIZES.hidden);
    const { codes, scales } = await openCodes(result, name).readCodes(0, SIZES.hidden);
    const worst = original.reduce((most, value, at) => {
      const scale = scales[Math.floor(at / SIZES.ffn)];
      return Math.max(most, Math.abs(value - codes[at] * scale) / scale);
    }, 0);
    expect(worst).toBeLessThan(0.501);
    expect(result.metadata).toMatchObject({ recipe: 'int4-rtn', activations: 'int8-token', rotation: null });
  });

  it('name the tensors whose inputs are rotated, and untie the head', async () => {
    const { metadata, written } = await quantize(presetRecipe('int4-quarot'));
    expect([...(metadata.rotation?.blockSizes ?? [])]).toEqual([
      ['blk.0.attn_output.weight', 256],
      ['blk.0.ffn_down.weight', 512],
      ['blk.1.attn_output.weight', 256],
      ['blk.1.ffn_down.weight', 512],
    ]);
    expect(metadata.residual).toMatch(/blocks of 256/);
    expect(written.file.tensors.some(({ name }) => name === 'output.weight')).toBe(true);
    const isOnes = async (norm: string) =>
      (await written.open(`blk.0.${norm}.weight`).readFloats(0, 1)).every((gain) => gain === 1);
    expect([await isOnes('ffn_norm'), await isOnes('ffn_sub_norm')]).toEqual([true, false]);
  });

  it('mix methods by layer and have outliers beside them', async () => {
    const recipe = recipeOf({
      outliers: { structure: 'channels', percent: 5 },
      rules: [{ layers: '0', method: 'binary', group: 128 }, { method: 'ternary' }],
    });
    const result = await quantize(recipe);
    const { written, planned } = result;
    expect([0, 1].map((layer) => written.open(`blk.${layer}.attn_q.weight`).kind)).toEqual([
      'binary',
      'ternary',
    ]);
    const index = locate(result, 'blk.1.attn_q.outlier_index');
    expect([index.columns, index.sizeBytes]).toEqual([16, 64]);
    expect(openCodes(result, 'blk.1.attn_q.outlier.weight').columns).toBe(16);
    const bytes = written.file.tensors.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    expect(planned.bits.total.bytes).toBe(bytes);
    expect(result.metadata.bitsPerWeight).toBeCloseTo((bytes * 8) / planned.bits.total.weights, 5);
  });

  it('have unstructured outliers in two tensors', async () => {
    const recipe = recipeOf({ outliers: { structure: '2:32' }, rules: [{ method: 'ternary' }] });
    const result = await quantize(recipe);
    expect(locate(result, 'blk.0.ffn_down.sparse').columns).toBe(SIZES.ffn / 32);
    expect(locate(result, 'blk.0.ffn_down.sparse_scale').columns).toBe(SIZES.hidden);
  });

  it('keep bytes that no rule touches', async () => {
    const { written, file, source } = await quantize(
      recipeOf({ embedding: 'keep', rules: [{ tensors: ['ffn'], method: 'f16' }] }),
    );
    for (const name of ['token_embd.weight', 'blk.0.attn_q.weight']) {
      const original = await openGgufTensor(file, source, name).readFloats(0, 8);
      expect(sameBits(await written.open(name).readFloats(0, 8), original)).toBe(true);
    }
    expect(written.open('blk.0.ffn_up.weight')).toMatchObject({ kind: 'float', isBinary16: true });
  });

  it('have int8 tables with the scales that belong to the codes', async () => {
    const result = await quantize(recipeOf({ embedding: 'int8', rules: [{ method: 'int8' }] }));
    const values = await openCodes(result, 'token_embd.weight').readFloats(5, 1);
    const original = await openGgufTensor(result.file, result.source, 'token_embd.weight').readFloats(5, 1);
    expect(Math.max(...original.map((value, k) => Math.abs(value - values[k])))).toBeLessThan(1 / 127);
  });

  it.each([
    [0, 'I2_S', 36],
    [64, 'Q2_0', 42],
    [128, 'PQ2_0', 142],
    [256, 'TQ2_0', 35],
  ] as const)('hold ternary in groups of %d as %s', async (group, _, type) => {
    const { written } = await quantize(recipeOf({ rules: [{ method: 'ternary', group }] }));
    expect(written.file.tensors.find(({ name }) => name === 'blk.0.ffn_up.weight')?.type).toBe(type);
    expect(written.open('blk.0.ffn_up.weight').kind).toBe('ternary');
  });

  it('multiply the scales in that stand beside matrices, and keep biases', async () => {
    const model = { ...FLOATS, name: 's', architecture: 'llama', scales: true, biases: true };
    const { written, file, source } = await quantize(recipeOf({ rules: [{ method: 'f32' }] }), model);
    const part = (name: string) => openGgufTensor(file, source, name).readFloats(0, 1);
    const [scale] = await part('blk.0.attn_q.scale');
    const original = await part('blk.0.attn_q.weight');
    const values = await written.open('blk.0.attn_q.weight').readFloats(0, 1);
    expect(
      sameBits(
        values,
        original.map((value) => value * scale),
      ),
    ).toBe(true);
    expect(written.file.tensors.some(({ name }) => name.endsWith('.scale'))).toBe(false);
    expect(
      sameBits(await written.open('blk.0.attn_q.bias').readFloats(0, 1), await part('blk.0.attn_q.bias')),
    ).toBe(true);
  });
});

describe('calibration', () => {
  const ids = Array.from({ length: 2048 }, (_, at) => (at * at + 7 * at) % SIZES.vocabulary);

  it('needs a text', async () => {
    expect(await reasonOf(() => quantize(presetRecipe('int4-gptq')))).toBe('calibration-missing');
  });

  it('needs a text that is long enough', async () => {
    const short = () => quantize(presetRecipe('int4-gptq'), FLOATS, ids.slice(1));
    expect(await reasonOf(short)).toBe('calibration-too-short');
    await expect(short()).rejects.toThrow(/has 2047 tokens; expected at least 2048/);
  });
});

describe('refusals', () => {
  it.each<[string, object]>([
    ['bad-layer-range', { rules: [{ layers: '0-2', method: 'ternary' }] }],
    ['bad-layer-range', { rules: [{ layers: '2-', method: 'ternary' }] }],
    ['bad-combination', { rotation: 'hadamard', rules: [{ method: 'int8', axis: 'column' }] }],
  ])('have the reason %s for %j', async (reason, json) => {
    expect(await reasonOf(() => quantize(recipeOf(json)))).toBe(reason);
  });

  it('has a recipe of three layers fit a model of two only with an open range', async () => {
    expect(await reasonOf(() => quantize(presetRecipe('veritate-mix')))).toBe('bad-layer-range');
    expect(await reasonOf(() => quantize(recipeOf({ rules: [{ layers: '1-', method: 'ternary' }] })))).toBe(
      null,
    );
  });

  it('name the tensor and the index of a weight that is no number', async () => {
    const opened = await openSynthetic(FLOATS, () => {});
    const tensor = opened.file.tensors.find(({ name }) => name === 'blk.1.ffn_up.weight');
    const { model } = await openSynthetic(FLOATS, (bytes) => {
      new DataView(bytes.buffer, bytes.byteOffset).setFloat32(
        (tensor?.offsetBytes ?? 0) + 4 * 1234,
        Number.NaN,
        true,
      );
    });
    const run = async () => writeToMemory((await planQuantization(model, presetRecipe('ternary'))).plan);
    expect(await reasonOf(run)).toBe('non-finite-weight');
    await expect(run()).rejects.toThrow(/blk\.1\.ffn_up\.weight of m\.gguf has the value NaN at index 1234/);
  });

  it('know a file that a recipe made', async () => {
    const { written } = await quantize(presetRecipe('ternary'));
    expect(await reasonOf(async () => openGgufModel(written.file, written.source))).toBe('already-quantized');
  });
});
