// Times every variant of the prefill kernels that the device can run on the shapes of a model, side by side.
//   node scripts/run-ts.mjs bench/kernels/prefill.ts [--adapter NAME] [--model bitnet-2b] [--tokens 512]
//     [--positions 0,1024] [--kv f32,int8] [--filter attention] [--dispatches N]
//     [--layout P] (of the weights; P: bit planes, as devices without packed dot products have them)
import { parseArgs } from 'node:util';
import { attentionPrefill } from '../../shaders/attention-prefill/kernel.ts';
import type { KvKind } from '../../shaders/common/kv/layout.ts';
import { kvCacheBytes } from '../../shaders/common/kv/layout.ts';
import { packState } from '../../shaders/common/state.ts';
import { matmulInt8 } from '../../shaders/matmul-int8/kernel.ts';
import { matmulTernary, matmulTernaryCandidates } from '../../shaders/matmul-ternary/kernel.ts';
import { acquireNodeDevice } from '../../src/cli/node-gpu.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import { type Kernel, type KernelVariant, tuneVariant } from '../../src/gpu/kernel.ts';
import { PipelineCache } from '../../src/gpu/pipelines.ts';
import { type TimingRequest, timeKernel } from '../../src/runtime/benchmark/kernel-timing.ts';
import { MODELS, type ModelSizes } from './plans.ts';

const BITS = { T2: 2, P: 2, B1: 1, W4: 4, W8: 8 } as const;

/** Columns that share a scale of the activations in block arithmetic. */
const BLOCK = 32;

function readArguments(args: string[]) {
  return parseArgs({
    args,
    options: {
      adapter: { type: 'string' },
      model: { type: 'string', default: 'bitnet-2b' },
      tokens: { type: 'string', default: '512' },
      positions: { type: 'string', default: '0,1024' },
      kv: { type: 'string', default: 'f32' },
      filter: { type: 'string', default: '' },
      layout: { type: 'string' },
      dispatches: { type: 'string' },
    },
  }).values;
}

type Sizes = Omit<ModelSizes, 'layout'> & { readonly layout: keyof typeof BITS };

function readSizes({ model, layout }: ReturnType<typeof readArguments>): Sizes {
  const sizes = MODELS[model];
  if (sizes === undefined) throw new Error(`--model is ${model}; one of ${Object.keys(MODELS)} is needed`);
  const found = (Object.keys(BITS) as (keyof typeof BITS)[]).find(
    (name) => name === (layout ?? sizes.layout),
  );
  if (found === undefined) throw new Error(`--layout is ${layout}; one of ${Object.keys(BITS)} is needed`);
  return { ...sizes, layout: found };
}

interface Planned {
  readonly name: string;
  readonly kernel: Kernel;
  readonly layout: string;
  /** Products that a dispatch adds up. */
  readonly products: number;
  readonly request: Omit<TimingRequest, 'kernel' | 'variant'>;
}

function planAttention(sizes: Sizes, kind: KvKind, tokens: number, position: number): Planned {
  const { heads, kvHeads, headDim } = sizes;
  const capacity = position + tokens;
  const cacheBytes = kvCacheBytes(kind, { kvHeads, headDim, capacity });
  const pairs = tokens * position + (tokens * (tokens + 1)) / 2;
  return {
    name: `attention of ${tokens} at ${position}, ${kind}`,
    kernel: attentionPrefill,
    layout: kind,
    products: pairs * 2 * headDim * heads,
    request: {
      shape: { heads, kv_heads: kvHeads, head_dim: headDim, capacity, tokens },
      bytes: {
        q: tokens * heads * headDim * 4,
        k_cache: cacheBytes,
        v_cache: cacheBytes,
        state: 64,
        out: tokens * heads * headDim * 4,
      },
      perCopy: ['k_cache', 'v_cache'],
      contents: { state: packState({ position, tokens }) },
    },
  };
}

function planProducts(sizes: Sizes, tokens: number): Planned[] {
  const { hidden: D, ffn: F, heads: H, kvHeads: G, headDim: Dh } = sizes;
  const shapes: readonly (readonly [name: string, m: number, k: number])[] = [
    ['qkv', (H + 2 * G) * Dh, D],
    ['attention output', D, H * Dh],
    ['gate-up', 2 * F, D],
    ['down', D, F],
  ];
  return shapes.flatMap(([name, m, k]) => [
    ...(sizes.group === 0
      ? [planProduct(sizes, matmulTernary, `${name}, int8 by token`, m, k, tokens, k)]
      : []),
    planProduct(sizes, matmulInt8, `${name}, int8 by blocks`, m, k, tokens, BLOCK),
  ]);
}

function planProduct(
  { layout, group: columnsPerScale }: Sizes,
  kernel: Kernel,
  name: string,
  m: number,
  k: number,
  tokens: number,
  block: number,
): Planned {
  const group = columnsPerScale || k;
  return {
    name: `${name}, ${m} x ${k}`,
    kernel,
    layout,
    products: m * k * tokens,
    request: {
      shape: { m, k, group, block, first_row: 0, stride: m, accumulate: 0, minima: 0, tokens },
      bytes: {
        w: (m * k * BITS[layout]) / 8,
        row_scale: m * (k / group) * 4,
        row_min: 16,
        q: tokens * k,
        q_scale: tokens * (k / block) * 4,
        out: tokens * m * 4,
      },
      perCopy: ['w', 'row_scale'],
    },
  };
}

function variantsOf(gpu: GpuContext, { kernel, layout }: Planned): readonly KernelVariant[] {
  const candidates = kernel === matmulTernary ? matmulTernaryCandidates : [];
  return [...candidates, ...kernel.variants]
    .flatMap(withTunings)
    .filter(
      (variant) =>
        variant.requires.every((feature) => gpu.features.has(feature)) &&
        (variant.layout === undefined || variant.layout === layout),
    );
}

// A variant, and what the autotuner could make of it.
function withTunings(variant: KernelVariant): readonly KernelVariant[] {
  const tuned = (variant.tunings ?? []).map((tuning) => {
    const values = Object.entries(tuning.overrides).map(([name, value]) => `${name} ${value}`);
    return { ...tuneVariant(variant, tuning), name: `${variant.name}, ${values.join(', ')}` };
  });
  return [variant, ...tuned];
}

/** Prints a line per kernel and variant; the exit code is 0. */
export async function main(args: string[]): Promise<number> {
  const values = readArguments(args);
  const sizes = readSizes(values);
  const gpu = await acquireNodeDevice(values.adapter ?? 'default', { subgroupMatrix: true });
  const pipelines = new PipelineCache(gpu.device);
  const tokens = Number(values.tokens);
  const planned = [
    ...(values.kv.split(',') as KvKind[]).flatMap((kind) =>
      values.positions.split(',').map((position) => planAttention(sizes, kind, tokens, Number(position))),
    ),
    ...planProducts(sizes, tokens),
  ];
  console.log(`${gpu.adapter.description || gpu.adapter.device}; ${values.model}, ${tokens} tokens`);
  const dispatches = values.dispatches ? Number(values.dispatches) : gpu.adapter.isFallback ? 1 : 20;
  for (const plan of planned) {
    if (!plan.name.includes(values.filter)) continue;
    for (const variant of variantsOf(gpu, plan)) {
      const request = { kernel: plan.kernel, variant, ...plan.request };
      const seconds = await timeKernel(gpu, pipelines, request, { dispatches, repeats: 5 });
      const microseconds = `${(seconds * 1e6).toFixed(1).padStart(10)} us`;
      const rate = `${(plan.products / seconds / 1e9).toFixed(1).padStart(8)} G products/s`;
      console.log(`${microseconds} ${rate}  ${plan.name} (${variant.name})`);
    }
  }
  gpu.dispose();
  return 0;
}
