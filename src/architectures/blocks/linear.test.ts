import { describe, expect, it } from 'vitest';
import { BufferPool } from '../../gpu/buffers.ts';
import type { KernelFeature } from '../../gpu/device.ts';
import type { DispatchSpec, GraphBuilder } from '../../gpu/graph.ts';
import { PipelineCache } from '../../gpu/pipelines.ts';
import type { TensorReader } from '../../quant/format.ts';
import type { ActivationArithmetic, BuildContext, TensorSink } from '../architecture.ts';
import { ACTIVATION_BLOCK, CodedLinear, wantsFusedDecode } from './coded-linear.ts';
import { Linear } from './linear.ts';
import type { PassMode } from './stacked-tensor.ts';

type Tensor = Pick<TensorReader, 'kind' | 'columns'> & {
  readonly groupSize?: number;
  readonly rows?: number;
};

interface Setup {
  readonly activations: ActivationArithmetic;
  readonly tensors: readonly Tensor[];
  readonly groupedTernary?: boolean;
  readonly maxBindingBytes?: number;
  /** Default packed dot products. */
  readonly features?: readonly KernelFeature[];
}

const ROWS = 64;

function build({
  activations,
  tensors,
  groupedTernary,
  maxBindingBytes = 2 ** 27,
  features = ['packed-dot'],
}: Setup) {
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
    gpu: { device, features: new Set(features), adapter: { architecture: 'fake', isFallback: true } },
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

// Of the dispatches that multiply activations with so many columns per scale.
function dispatches(linear: Linear, mode: PassMode, block: number): readonly DispatchSpec[] {
  const specs: DispatchSpec[] = [];
  const builder = { add: (spec: DispatchSpec) => specs.push(spec) } as unknown as GraphBuilder;
  const buffer = {} as GPUBuffer;
  const quantized = { q: buffer, scale: buffer, planes: null, block };
  linear.addTo(builder, mode, { x: buffer, quantized, gathered: null }, buffer, { accumulate: true });
  return specs;
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

  it.each(['int8', 'int8-blocks'] as const)(
    'reads bit planes on CPU adapters, not in WebAssembly: %s',
    (activations) => {
      const inputs = (features: readonly KernelFeature[]) => [
        ...build({ activations, tensors: [ternary, binary, grouped], features }).inputs,
      ];
      expect(inputs([])).toEqual(['int8', 'planes']);
      expect(inputs(['wasm'])).toEqual(['int8']);
    },
  );

  it('is never fused in WebAssembly', () => {
    const context = (features: readonly KernelFeature[]) =>
      ({
        activations: 'int8-blocks',
        fusedDecode: 'always',
        gpu: { features: new Set(features) },
      }) as unknown as BuildContext;
    expect(wantsFusedDecode(context([]))).toBe(true);
    expect(wantsFusedDecode(context(['wasm']))).toBe(false);
  });

  it('takes scales of ternary groups seriously where the file says so', () => {
    expect(kinds(build({ activations: 'int8', tensors: [grouped], groupedTernary: true }))).toEqual([
      'CodedLinear',
    ]);
  });

  it.each([256, ACTIVATION_BLOCK])('takes the scales as the activations have them, one per %i', (block) => {
    const linear = build({ activations: 'int8-blocks', tensors: [binary] });
    for (const mode of ['decode', 'prefill'] as const) {
      expect(dispatches(linear, mode, block)).toMatchObject([{ params: { block } }]);
    }
  });

  it.each<[string, readonly Tensor[], PassMode, number, readonly string[]]>([
    ['all plain ternary, by token', [ternary, ternary], 'prefill', 256, ['matmul-ternary']],
    ['in blocks', [ternary, ternary], 'prefill', ACTIVATION_BLOCK, ['matmul-int8']],
    ['scales of groups', [grouped], 'prefill', 256, ['matmul-int8']],
    ['binary', [binary], 'prefill', 256, ['matmul-int8']],
    ['a stack of two', [ternary, binary], 'prefill', 256, ['matmul-int8', 'matmul-int8']],
    ['one token', [ternary, ternary], 'decode', 256, ['matvec-int8']],
    ['several columns', [ternary, ternary], 'columns', ACTIVATION_BLOCK, ['matvec-int8']],
  ])('made for blocks, multiplies prompts as they are quantised: %s', (_, tensors, mode, block, expected) => {
    const linear = build({ activations: 'int8-blocks', tensors });
    const specs = dispatches(linear, mode, block);
    expect(specs.map(({ kernel }) => kernel.name)).toEqual(expected);
    const rows = specs.map(({ params }) => params.m).reduce((sum, m) => sum + m, 0);
    expect(rows).toBe(linear.rows);
  });

  it('multiplies prompts by shards where one binding cannot hold the matrix', () => {
    const setup = { tensors: [ternary, ternary], maxBindingBytes: 5000 };
    const linear = build({ activations: 'int8-blocks', ...setup });
    const names = dispatches(linear, 'prefill', 256).map(({ kernel }) => kernel.name);
    expect(names).toEqual(['matmul-int8', 'matmul-int8']);
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
