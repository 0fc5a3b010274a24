import { describe, expect, it } from 'vitest';
import type { TensorSet } from '../architectures/architecture.ts';
import type { CodeKind, TensorReader } from '../quant/format.ts';
import { chooseActivations, planActivations } from './activations.ts';

interface FakeTensor {
  readonly type: number;
  readonly kind: CodeKind | 'float';
  /** Of the blocks of the rows that are sampled. */
  readonly scales?: readonly number[];
}

const I2_S: FakeTensor = { type: 36, kind: 'ternary' };
const TQ2_0: FakeTensor = { type: 35, kind: 'ternary', scales: [0.5, 0, 0.5] };
const TQ2_0_BLOCKS: FakeTensor = { type: 35, kind: 'ternary', scales: [0.5, 0.25, 0.5] };
const Q2_0: FakeTensor = { type: 42, kind: 'ternary', scales: [0.5, 0.5] };
const F16: FakeTensor = { type: 1, kind: 'float' };

function fakeModel(architecture: string, matrices: readonly FakeTensor[], gains: readonly FakeTensor[] = []) {
  const tensors = new Map<string, FakeTensor>([['token_embd.weight', F16]]);
  matrices.forEach((tensor, i) => {
    tensors.set(`blk.${i}.attn_q.weight`, tensor);
  });
  gains.forEach((tensor, i) => {
    tensors.set(`blk.${i}.attn_norm.weight`, tensor);
  });
  const set: TensorSet = {
    has: (name) => tensors.has(name),
    openWords: () => expect.unreachable(),
    open(name) {
      const { kind, scales = [1] } = tensors.get(name) ?? F16;
      const codes = async () => ({ codes: new Int8Array(), scales: Float32Array.from(scales) });
      return { kind, rows: 4, columns: 256, groupSize: 256, readCodes: codes } as unknown as TensorReader;
    },
  };
  const file = {
    fields: { string: () => architecture },
    tensors: [...tensors].map(([name, { type }]) => ({
      name,
      type,
      dims: name.includes('norm') ? [256] : [256, 4],
    })),
  };
  return { file: file as unknown as Parameters<typeof planActivations>[0], set };
}

function choose(...model: Parameters<typeof fakeModel>) {
  const { file, set } = fakeModel(...model);
  return chooseActivations(file, set);
}

function plan(matrix: FakeTensor, arithmetic: 'exact' | 'block', stated: string | null = null) {
  const { file, set } = fakeModel('llama', [matrix], []);
  const fields = { ...file.fields, string: () => 'llama', optionalString: () => stated };
  return planActivations({ ...file, fields } as unknown as typeof file, set, { arithmetic });
}

describe('chooseActivations', () => {
  it.each([
    ['I2_S in any family', 'llama', [I2_S, I2_S], 'int8'],
    ['TQ2_0 with one common scale, zero blocks aside', 'llama', [TQ2_0, TQ2_0], 'int8'],
    ['TQ2_0 with a scale per block', 'llama', [TQ2_0_BLOCKS, TQ2_0], 'float'],
    ['Q2_0, even if its scales are equal', 'qwen3', [Q2_0], 'float'],
    ['any ternary type in a BitNet', 'bitnet-b1.58', [Q2_0], 'int8'],
    ['a BitNet in floats', 'bitnet', [F16], 'float'],
    ['one matrix that is not ternary', 'llama', [I2_S, F16], 'float'],
    ['no matrix', 'llama', [], 'float'],
  ] as const)('%s', async (_, architecture, matrices, expected) => {
    expect(await choose(architecture, matrices)).toBe(expected);
  });

  it('looks at matrices of layers only, not at norms', async () => {
    expect(await choose('llama', [I2_S], [F16])).toBe('int8');
  });
});

describe('planActivations', () => {
  it.each([
    [I2_S, 'exact', null, 'int8', true],
    [I2_S, 'block', null, 'int8-blocks', true],
    [F16, 'exact', null, 'float', false],
    [F16, 'block', null, 'int8-blocks', false],
    [F16, 'exact', 'int8-token', 'int8', true],
    [I2_S, 'exact', 'float', 'float', false],
    [I2_S, 'exact', 'int8-block', 'int8-blocks', false],
  ] as const)('%o, %s, file says %s', async (matrix, arithmetic, stated, activations, isBitLinear) => {
    const groupedTernary = stated !== null;
    expect(await plan(matrix, arithmetic, stated)).toEqual({ activations, isBitLinear, groupedTernary });
  });

  it('refuses activations that it does not know', async () => {
    await expect(plan(I2_S, 'exact', 'fp4')).rejects.toThrow(
      /sterna.activations.*float, int8-token, int8-block/,
    );
  });
});
