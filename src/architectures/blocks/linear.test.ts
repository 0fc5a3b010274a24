import { describe, expect, it } from 'vitest';
import { BufferPool } from '../../gpu/buffers.ts';
import { PipelineCache } from '../../gpu/pipelines.ts';
import type { TensorReader } from '../../quant/format.ts';
import type { ActivationArithmetic, BuildContext, TensorSink } from '../architecture.ts';
import { CodedLinear } from './coded-linear.ts';
import { Linear } from './linear.ts';

type Tensor = Pick<TensorReader, 'kind' | 'columns'> & {
  readonly groupSize?: number;
  readonly rows?: number;
};

interface Setup {
  readonly activations: ActivationArithmetic;
  readonly tensors: readonly Tensor[];
  readonly groupedTernary?: boolean;
  readonly maxBindingBytes?: number;
}

const ROWS = 64;

function build({ activations, tensors, groupedTernary, maxBindingBytes = 2 ** 27 }: Setup) {
  const device = {
    limits: { maxBufferSize: 2 ** 31, maxStorageBufferBindingSize: maxBindingBytes },
    createBuffer: ({ size }: { size: number }) => ({ size, destroy: () => {} }),
    queue: { writeBuffer: () => {} },
  } as unknown as GPUDevice;
  const readers = new Map(
    tensors.map((tensor, index) => [
      `part${index}.weight`,
      { rows: ROWS, groupSize: tensor.columns, ...tensor },
    ]),
  );
  const context = {
    tensors: {
      has: (name: string) => readers.has(name),
      open: (name: string) => readers.get(name) as unknown as TensorReader,
    },
    activations,
    groupedTernary,
    gpu: { device, features: new Set(['packed-dot']), adapter: { architecture: 'fake' } },
    pool: new BufferPool(device),
    pipelines: new PipelineCache(device),
  } as unknown as BuildContext;
  const sinks = new Map<string, TensorSink>();
  const parts = [...readers].map(([tensor, { rows }]) => ({ tensor, rows }));
  const linear = new Linear({ label: 'layer', parts, columns: tensors[0].columns }, context, sinks);
  expect([...sinks.keys()]).toEqual([...readers.keys()]);
  expect(linear.rows).toBe(ROWS * tensors.length);
  return linear;
}

const kinds = (linear: Linear) => linear.matrices.map((matrix) => matrix.constructor.name);
const ternary: Tensor = { kind: 'ternary', columns: 256 };
const grouped: Tensor = { kind: 'ternary', columns: 256, groupSize: 128 };
const binary: Tensor = { kind: 'binary', columns: 256, groupSize: 128 };
const float: Tensor = { kind: 'float', columns: 256 };

describe('Linear', () => {
  it.each([
    ['plain ternary, by token', 'int8', [ternary, ternary], ['TernaryLinear']],
    ['ternary that repeats its scale per group, by token', 'int8', [grouped], ['TernaryLinear']],
    ['one of a stack not ternary, by token', 'int8', [ternary, binary], ['CodedLinear']],
    ['plain ternary, in blocks', 'int8-blocks', [ternary], ['CodedLinear']],
    ['codes, in floats', 'float', [ternary, binary], ['FloatLinear']],
    [
      'floats among codes',
      'int8-blocks',
      [binary, float, ternary],
      ['CodedLinear', 'FloatLinear', 'CodedLinear'],
    ],
    [
      'a width that the int8 products do not take',
      'int8-blocks',
      [{ ...ternary, columns: 240 }],
      ['FloatLinear'],
    ],
  ] as const)(
    'chooses the product by the storage of each tensor: %s',
    (_, activations, tensors, expected) => {
      expect(kinds(build({ activations, tensors }))).toEqual(expected);
    },
  );

  it('asks for every input that some tensor needs', () => {
    expect([...build({ activations: 'int8-blocks', tensors: [binary, float] }).inputs]).toEqual([
      'int8',
      'float',
    ]);
    expect([...build({ activations: 'int8', tensors: [ternary] }).inputs]).toEqual(['int8']);
  });

  it('takes scales of ternary groups seriously where the file says so', () => {
    expect(kinds(build({ activations: 'int8', tensors: [grouped], groupedTernary: true }))).toEqual([
      'CodedLinear',
    ]);
  });

  it('scales activations by token or by 32 columns', () => {
    const blockOf = (activations: ActivationArithmetic) => {
      const [matrix] = build({ activations, tensors: [binary] }).matrices;
      return matrix instanceof CodedLinear ? matrix.block : 0;
    };
    expect(blockOf('int8')).toBe(256);
    expect(blockOf('int8-blocks')).toBe(32);
  });

  it('shards a ternary matrix that one binding cannot hold', () => {
    const linear = build({ activations: 'int8', tensors: [ternary, ternary], maxBindingBytes: 5000 });
    const [matrix] = linear.matrices;
    if (!(matrix instanceof CodedLinear)) throw new Error('expected a CodedLinear');
    const shards = matrix.segments.flatMap((segment) => segment.matrix.shards);
    expect(shards.map(({ rowCount }) => rowCount)).toEqual([64, 64]);
    expect(linear.bytes).toBe(2 * ROWS * (256 / 4 + 4));
  });
});
