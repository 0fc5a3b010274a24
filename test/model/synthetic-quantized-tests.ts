// Synthetic models as only quantised files of our own have them.
import type { Storage, SyntheticModel } from './synthetic-models.ts';
import type { OwnStorage } from './synthetic-quantized.ts';
import type { SyntheticTest } from './synthetic-test.ts';

const all = (storage: Storage) => () => storage;
const stated = (value: string) => ({ 'sterna.activations': { type: 'string', value } as const });

// Only layers, never the tables.
const layers =
  (choose: (part: string, layer: number) => OwnStorage | undefined) =>
  (tensor: string): OwnStorage | undefined => {
    const [, layer, part] = /^blk\.(\d+)\.((?:attn|ffn)_(?:q|k|v|output|gate|up|down))$/.exec(tensor) ?? [];
    return part === undefined ? undefined : choose(part, Number(layer));
  };

const isOnline = (part: string) => part === 'attn_output' || part === 'ffn_down';

const F32_MODEL: SyntheticModel = { name: 'llama f32, rotated', architecture: 'llama', matrices: all('f32') };

/** QuaRot's pattern: W4 everywhere, online rotations before output and down projection. */
const int4Hadamard = (groupSize: 0 | 64 | 128) =>
  layers((part) => ({ codes: { kind: 'int4', groupSize }, rotation: isOnline(part) ? 128 : undefined }));

/** The mix of a recipe: binary first layer, ternary rest, outliers; stacks whose tensors have unlike channels. */
const mix = layers((part) => ({
  outliers: part.startsWith('ffn') ? 80 : 48,
  firstOutlier: part === 'ffn_up' ? 3 : 1,
}));
const mixStorage = (ternary: Storage) => (tensor: string) => (tensor.startsWith('blk.0.') ? 'q1_0' : ternary);

const ARITHMETICS = [
  { activations: 'float', stated: 'float', arithmetic: 'exact' },
  { activations: 'int8', stated: 'int8-token', arithmetic: 'exact' },
  { activations: 'int8-blocks', stated: 'int8-block', arithmetic: 'exact' },
] as const;

/** All of them. */
export const QUANTIZED_TESTS: readonly SyntheticTest[] = [
  {
    name: 'binary and ternary with outlier channels, fused',
    architecture: 'llama',
    matrices: mixStorage('q2_0'),
    own: layers((part) => ({ outliers: part.startsWith('ffn') ? 80 : 48 })),
    arithmetic: 'block',
    activations: 'int8-blocks',
    fused: true,
  },
  {
    ...F32_MODEL,
    own: layers((part) => ({ rotation: part === 'ffn_down' ? 512 : part === 'attn_output' ? 64 : 256 })),
    sameAs: F32_MODEL,
    activations: 'float',
  },
  {
    ...F32_MODEL,
    name: 'bitnet f32, rotated behind the sub-norms',
    architecture: 'bitnet',
    own: layers((part) => (isOnline(part) ? { rotation: 32 } : undefined)),
    sameAs: { ...F32_MODEL, name: 'bitnet f32, rotated behind the sub-norms', architecture: 'bitnet' },
    activations: 'float',
  },
  ...ARITHMETICS.flatMap((arithmetic): SyntheticTest[] => [
    ...([0, 64, 128] as const).map(
      (groupSize): SyntheticTest => ({
        name: `int4-hadamard, groups of ${groupSize}, ${arithmetic.stated}`,
        architecture: 'llama',
        matrices: all('f32'),
        own: int4Hadamard(groupSize),
        fileKeys: stated(arithmetic.stated),
        ...arithmetic,
      }),
    ),
    {
      name: `binary and ternary with outlier channels, ${arithmetic.stated}`,
      architecture: 'llama',
      matrices: mixStorage('tq2_0'),
      own: mix,
      biases: true,
      fileKeys: stated(arithmetic.stated),
      ...arithmetic,
    },
    {
      name: `binary and ternary with single outliers, ${arithmetic.stated}`,
      architecture: 'llama',
      matrices: mixStorage('ternary-tq2_0'),
      own: layers((part) => ({ sparse: part === 'attn_k' || part === 'ffn_down' ? 4 : 2 })),
      fileKeys: stated(arithmetic.stated),
      ...arithmetic,
    },
    {
      name: `int8 by row, floats with outliers, a rotated sub-norm, ${arithmetic.stated}`,
      architecture: 'bitnet',
      matrices: all('f16'),
      own: layers((part) => {
        if (isOnline(part)) return { codes: { kind: 'int4', groupSize: 0 }, rotation: 256 };
        return part.startsWith('ffn') ? { outliers: 128 } : { codes: { kind: 'int8', groupSize: 0 } };
      }),
      fileKeys: stated(arithmetic.stated),
      ...arithmetic,
    },
  ]),
];
