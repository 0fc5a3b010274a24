// The fused dispatches of published model shapes, as requests for the kernel timer.
import { blockAttention } from '../../shaders/block-attention/kernel.ts';
import { blockEmbed } from '../../shaders/block-embed/kernel.ts';
import { blockGateUp } from '../../shaders/block-gate-up/kernel.ts';
import { blockMatvec } from '../../shaders/block-matvec/kernel.ts';
import { blockMatvecResidual } from '../../shaders/block-matvec-residual/kernel.ts';
import { blockMerge } from '../../shaders/block-merge/kernel.ts';
import { NO_OUTLIERS } from '../../shaders/common/block/outlier-table.ts';
import { packState } from '../../shaders/common/state.ts';
import type { Kernel, KernelShape } from '../../src/gpu/kernel.ts';
import type { TimingRequest } from '../../src/runtime/benchmark/kernel-timing.ts';

/** Sizes of a model. */
export interface ModelSizes {
  readonly hidden: number;
  readonly ffn: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabulary: number;
  readonly layers: number;
  /** Layout of the layers and columns per weight scale (0: one per row). */
  readonly layout: 'T2' | 'B1' | 'W4' | 'W8';
  readonly group: number;
  readonly bitnet: boolean;
}

/** By name, as `--model` takes them. */
export const MODELS: Readonly<Record<string, ModelSizes>> = {
  'bitnet-2b': {
    hidden: 2560,
    ffn: 6912,
    heads: 20,
    kvHeads: 5,
    headDim: 128,
    vocabulary: 128256,
    layers: 30,
    layout: 'T2',
    group: 0,
    bitnet: true,
  },
  'bonsai-8b': {
    hidden: 4096,
    ffn: 12288,
    heads: 32,
    kvHeads: 8,
    headDim: 128,
    vocabulary: 151936,
    layers: 36,
    layout: 'T2',
    group: 128,
    bitnet: false,
  },
  default: {
    hidden: 512,
    ffn: 1024,
    heads: 8,
    kvHeads: 4,
    headDim: 64,
    vocabulary: 4096,
    layers: 8,
    layout: 'T2',
    group: 0,
    bitnet: true,
  },
};

/** One dispatch of a decode step. */
export interface PlannedDispatch {
  readonly name: string;
  readonly kernel: Kernel;
  readonly layout: string | undefined;
  readonly perToken: number;
  /** Bytes that must be read from memory. */
  readonly memoryBytes: number;
  readonly request: Omit<TimingRequest, 'kernel' | 'variant'>;
}

const BITS = { T2: 2, B1: 1, W4: 4, W8: 8 } as const;

/** Every dispatch of a fused decode step at a position, in order. */
export function planDecode(sizes: ModelSizes, position: number): PlannedDispatch[] {
  const { hidden: D, ffn: F, heads: H, kvHeads: G, headDim: Dh, vocabulary: V, layers, bitnet } = sizes;
  const capacity = Math.ceil((position + 1) / 64) * 64;
  const splits = capacity / 64;
  const state = packState({ position });
  const norm = bitnet ? 1 : 0;
  const product = (
    name: string,
    kernel: Kernel,
    m: number,
    k: number,
    more: KernelShape,
    extra: object = {},
  ) => planProduct(sizes, { name, kernel, m, k, more, perToken: layers, ...extra });
  const cacheBytes = G * capacity * Dh * 4;
  const partialBytes = H * splits * (Dh + 4) * 4;
  return [
    {
      name: 'embed',
      kernel: blockEmbed,
      layout: 'W8',
      perToken: 1,
      memoryBytes: D,
      request: {
        shape: { k: D, group: D, row_count: 64 },
        bytes: { ids: 16, w: 64 * D, row_scale: 256, gain: D * 4, x: D * 4, q_out: D, act_out: D / 4 },
        perCopy: [],
      },
    },
    product('qkv', blockMatvec, (H + 2 * G) * Dh, D, { norm: 1, first_row: 0 }),
    {
      name: 'attention',
      kernel: blockAttention,
      layout: 'f32',
      perToken: layers,
      memoryBytes: 2 * G * (position + 1) * Dh * 4,
      request: {
        shape: {
          heads: H,
          kv_heads: G,
          head_dim: Dh,
          capacity,
          splits_max: splits,
          interleaved: 0,
          head_norm: bitnet ? 0 : 1,
          epsilon: 1e-5,
          position,
        },
        bytes: {
          qkv: (H + 2 * G) * Dh * 4,
          rope: capacity * Dh * 4,
          q_gain: Dh * 4,
          k_gain: Dh * 4,
          state: 64,
          k_cache: cacheBytes,
          v_cache: cacheBytes,
          partial: partialBytes,
        },
        perCopy: ['k_cache', 'v_cache'],
        contents: { state },
      },
    },
    {
      name: 'merge',
      kernel: blockMerge,
      layout: undefined,
      perToken: layers,
      memoryBytes: partialBytes,
      request: {
        shape: { heads: H, head_dim: Dh, splits_max: splits, gained: norm },
        bytes: { partial: partialBytes, state: 64, gain: H * Dh * 4, q_out: H * Dh, act_out: (H * Dh) / 4 },
        perCopy: [],
        contents: { state },
      },
    },
    product('attention output', blockMatvecResidual, D, H * Dh, { norm }),
    product('gate-up', blockGateUp, 2 * F, D, { norm: 1, f: F, activation: bitnet ? 0 : 1, gained: norm }),
    product('down', blockMatvecResidual, D, F, { norm }),
    product('head', blockMatvec, V, D, { norm: 1, first_row: 0 }, { perToken: 1, layout: 'W8', group: 0 }),
  ];
}

interface Product {
  readonly name: string;
  readonly kernel: Kernel;
  readonly m: number;
  readonly k: number;
  readonly more: KernelShape;
  readonly perToken: number;
  readonly layout?: keyof typeof BITS;
  readonly group?: number;
}

function planProduct(sizes: ModelSizes, product: Product): PlannedDispatch {
  const { name, kernel, m, k, more, perToken, layout = sizes.layout, group = sizes.group } = product;
  const outputs = kernel === blockGateUp ? m / 2 : m;
  const weightBytes = (m * k * BITS[layout]) / 8;
  const scaleBytes = m * (group === 0 ? 1 : k / group) * 4;
  return {
    name,
    kernel,
    layout,
    perToken,
    memoryBytes: weightBytes + scaleBytes,
    request: {
      shape: {
        m,
        k,
        group_shift: group === 0 ? 31 : Math.log2(group),
        epsilon: 1e-5,
        ...NO_OUTLIERS,
        ...more,
      },
      bytes: {
        w: weightBytes,
        row_scale: scaleBytes,
        q: k,
        act: k / 4,
        beside: outputs * 4,
        x: outputs * 4,
        out: outputs * 4,
        q_out: outputs,
        act_out: outputs / 4,
      },
      perCopy: ['w', 'row_scale'],
    },
  };
}
