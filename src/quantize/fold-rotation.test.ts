// The rotated network against a plain f64 forward pass of the original, before anything is rounded.
import { describe, expect, it } from 'vitest';
import { readReference, referenceLogits } from '../../test/model/reference-decoder.ts';
import { makeSynthetic, SIZES, type SyntheticModel } from '../../test/model/synthetic-models.ts';
import { findArchitecture } from '../architectures/index.ts';
import { ropeFrequencies } from '../architectures/rope-table.ts';
import { readGguf } from '../gguf/reader.ts';
import { GgufTensorSet } from '../loader/tensor-set.ts';
import { MemorySource } from '../util/byte-source.ts';
import { foldColumnScales } from './column-scales.ts';
import { readFloatLayer, readVector } from './float-layer.ts';
import { foldRotation, planRotation, type RotationPlan } from './fold-rotation.ts';
import { LayerForward } from './layer-forward.ts';
import { MATRIX_PARTS, type Rotation } from './recipe.ts';
import { openGgufModel } from './source-model.ts';
import { readTableRows } from './token-tables.ts';

const IDS = [3, 141, 59, 265, 35, 89, 79];

interface Folding {
  /** `auto`: as if it had chosen every input. */
  readonly rotation: Rotation;
  readonly columnScales?: boolean;
}

async function open(model: Partial<SyntheticModel> & { readonly architecture: string }) {
  const bytes = await makeSynthetic({ name: 'fold', matrices: () => 'f32', tables: 'f32', ...model }, 1);
  const source = new MemorySource('m.gguf', bytes);
  const file = await readGguf(source);
  return { file, source: openGgufModel(file, source), tensors: new GgufTensorSet(file, source) };
}

function everyInput(layers: number): RotationPlan {
  const parts = new Map(MATRIX_PARTS.map((part) => [part, 64]));
  return { residual: null, heads: null, online: Array.from({ length: layers }, () => parts) };
}

async function foldedLogits(
  { file, source }: Awaited<ReturnType<typeof open>>,
  { rotation, columnScales = false }: Folding,
): Promise<Float32Array> {
  const config = findArchitecture(file.fields.string('general.architecture')).readConfig(file);
  const plan = rotation === 'auto' ? everyInput(config.layers) : planRotation(rotation, config);
  const { residual } = plan;
  const embedding = await source.open('token_embd.weight');
  const table = { from: 'token_embd.weight', gain: null, residual };
  const states = new Float32Array(IDS.length * config.hiddenSize);
  for (const [position, row] of IDS.entries()) {
    const values = await readTableRows(embedding, table, { row, count: 1, fileName: 'm' });
    states.set(values, position * config.hiddenSize);
  }
  const options = {
    sequenceLength: IDS.length,
    online: plan.online,
    activations: 'float',
    ropeFactors: null,
  } as const;
  const forward = new LayerForward(config, states, options);
  for (let index = 0; index < config.layers; index++) {
    const layer = await readFloatLayer(source, index);
    foldRotation(layer, plan);
    if (columnScales) foldColumnScales(layer, config, () => true);
    forward.runLayer(layer);
  }
  const gain = source.has('output_norm.weight') ? await readVector(source, 'output_norm.weight') : undefined;
  const headName = config.tiedHead ? 'token_embd.weight' : 'output.weight';
  const headTable = { from: headName, gain: residual === null ? null : (gain ?? null), residual };
  const rows = { row: 0, count: SIZES.vocabulary, fileName: 'm' };
  const values = await readTableRows(await source.open(headName), headTable, rows);
  if (residual !== null) gain?.fill(1);
  return forward.logits(gain, { values, columns: config.hiddenSize, bias: null });
}

type Original = { readonly opened: Awaited<ReturnType<typeof open>>; readonly expected: readonly number[] };
const originals = new Map<string, Promise<Original>>();

/** A model with its logits in f64, made once. */
function originalOf(model: Partial<SyntheticModel> & { readonly architecture: string }): Promise<Original> {
  const key = JSON.stringify(model);
  const found = originals.get(key) ?? makeOriginal(model);
  originals.set(key, found);
  return found;
}

async function makeOriginal(
  model: Partial<SyntheticModel> & { readonly architecture: string },
): Promise<Original> {
  const opened = await open(model);
  const { frequencies } = ropeFrequencies(model.headDim ?? SIZES.headDim, 10000);
  const options = { frequencies: [...frequencies], activations: 'float', isBitLinear: false } as const;
  const reference = await readReference(opened.file, opened.tensors, options);
  return { opened, expected: referenceLogits(reference, IDS).flat() };
}

async function relativeError(
  model: Partial<SyntheticModel> & { readonly architecture: string },
  folding: Folding,
): Promise<number> {
  const { opened, expected } = await originalOf(model);
  const observed = await foldedLogits(opened, folding);
  let [error, total] = [0, 0];
  expected.forEach((value, index) => {
    error += (value - observed[index]) ** 2;
    total += value ** 2;
  });
  return Math.sqrt(error / total);
}

const ARCHITECTURES = ['bitnet-b1.58', 'bitnet', 'llama', 'qwen2', 'qwen3'];

describe('rotated networks equal the original to 1e-4', () => {
  it.each(
    ARCHITECTURES.flatMap((architecture) =>
      (['none', 'hadamard', 'offline', 'online', 'auto'] as const).map((rotation) => ({
        architecture,
        rotation,
      })),
    ),
  )('$architecture, $rotation', async ({ architecture, rotation }) => {
    const biases = architecture === 'qwen2' || architecture === 'llama';
    expect(
      await relativeError({ architecture, biases, untied: architecture === 'qwen2' }, { rotation }),
    ).toBeLessThan(1e-4);
  });

  it('with a head size other than a power of two, where the width of all heads still has a block', async () => {
    const model = { architecture: 'llama', headDim: 80 };
    expect(await relativeError(model, { rotation: 'hadamard' })).toBeLessThan(1e-4);
    await expect(relativeError(model, { rotation: 'offline' })).rejects.toThrow(/head size is 80/);
  });

  it('with LayerNorms at run time only', async () => {
    expect(await relativeError({ architecture: 'olmo' }, { rotation: 'online' })).toBeLessThan(1e-4);
    expect(await relativeError({ architecture: 'olmo' }, { rotation: 'auto' })).toBeLessThan(1e-4);
    await expect(relativeError({ architecture: 'olmo' }, { rotation: 'hadamard' })).rejects.toThrow(
      /LayerNorms/,
    );
  });
});

describe('column scales', () => {
  it.each(ARCHITECTURES)('change nothing in %s', async (architecture) => {
    const biases = architecture === 'qwen2' || architecture === 'llama';
    const folding = { rotation: 'none', columnScales: true } as const;
    const untied = architecture === 'qwen2';
    expect(await relativeError({ architecture, biases, untied }, folding)).toBeLessThan(1e-4);
  });

  it('change nothing after an offline rotation', async () => {
    const folding = { rotation: 'offline', columnScales: true } as const;
    expect(await relativeError({ architecture: 'llama', biases: true, untied: false }, folding)).toBeLessThan(
      1e-4,
    );
  });

  it('are refused where no gain takes them', async () => {
    const folding = { rotation: 'none', columnScales: true } as const;
    await expect(relativeError({ architecture: 'olmo' }, folding)).rejects.toThrow(/attn_norm takes none/);
  });
});
