// Time of one layer's attention by kind of cache and live length, on random data:
// node scripts/run-ts.mjs bench/kv-cache/attention.ts [kinds] [live lengths] [heads/kvHeads/headDim] [prefill tokens/position]
// For example: f32,int8 1024,4096,16384 20/5/128 512/3584. VK_ICD_FILENAMES chooses the driver.
import { attentionDecode } from '../../shaders/attention-decode/kernel.ts';
import { attentionMerge } from '../../shaders/attention-merge/kernel.ts';
import { attentionPrefill } from '../../shaders/attention-prefill/kernel.ts';
import { headsPerGroup, maxSplits } from '../../shaders/common/attention-split.ts';
import { type KvKind, kvCacheBytes } from '../../shaders/common/kv/layout.ts';
import { packState } from '../../shaders/common/state.ts';
import { acquireNodeDevice } from '../../src/cli/node-gpu.ts';
import { BufferPool } from '../../src/gpu/buffers.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import { type Graph, GraphBuilder, type PassShape } from '../../src/gpu/graph.ts';
import { PipelineCache } from '../../src/gpu/pipelines.ts';
import { submittedWorkDone } from '../../src/gpu/readback.ts';

interface Shape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly capacity: number;
}

const MIN_SECONDS = 0.4;

interface Bench {
  readonly decode: Graph;
  readonly prefill: Graph;
  readonly state: GPUBuffer;
  dispose(): void;
}

async function build(gpu: GpuContext, kind: KvKind, shape: Shape, tokens: number): Promise<Bench> {
  const pool = new BufferPool(gpu.device);
  const { heads, kvHeads, headDim, capacity } = shape;
  const bytes = kvCacheBytes(kind, shape);
  // Any bits do for codes and halves, as long as no exponent is all ones.
  const random = Uint32Array.from({ length: 65536 / 4 }, (_, i) => Math.imul(i, 2654435761) & 0x3fff3fff);
  const cache = (label: string) => {
    const buffer = pool.storage(label, bytes, 'kv-cache');
    for (let at = 0; at < bytes; at += 65536) {
      gpu.device.queue.writeBuffer(buffer, at, random.buffer, 0, Math.min(65536, bytes - at));
    }
    return buffer;
  };
  const floats = (label: string, count: number) => pool.storage(label, count * 4, 'scratch');
  const splits_max = maxSplits(capacity);
  const state = pool.storage('state', 64, 'scratch');
  const common = { q: floats('q', tokens * heads * headDim), state };
  const caches = { k_cache: cache('keys'), v_cache: cache('values') };
  const partials = {
    partial: floats('partial', heads * splits_max * headDim),
    partial_ml: floats('ml', heads * splits_max * 2),
  };
  const out = floats('out', tokens * heads * headDim);
  const params = { heads, kv_heads: kvHeads, head_dim: headDim, capacity };
  const create = () => new GraphBuilder(gpu, new PipelineCache(gpu.device), pool);
  const decode = create();
  decode.add({
    label: 'decode',
    kernel: attentionDecode,
    layout: kind,
    overrides: { HEADS: headsPerGroup(heads, kvHeads) },
    buffers: { ...common, ...caches, ...partials },
    params: { ...params, splits_max, parallel: 0 },
  });
  decode.add({
    label: 'merge',
    kernel: attentionMerge,
    buffers: { ...partials, state, out },
    params: { heads, head_dim: headDim, splits_max, capacity, rotated: kind === 'int4' ? 1 : 0, parallel: 0 },
  });
  const prefill = create();
  prefill.add({
    label: 'prefill',
    kernel: attentionPrefill,
    layout: kind,
    buffers: { ...common, ...caches, out },
    params,
  });
  return {
    decode: await decode.build(1),
    prefill: await prefill.build(tokens),
    state,
    dispose: () => pool.dispose(),
  };
}

/** Least milliseconds of one encoding, over batches of growing size. */
async function measure(gpu: GpuContext, graph: Graph, bench: Bench, pass: PassShape): Promise<number> {
  const { device } = gpu;
  device.queue.writeBuffer(bench.state, 0, packState(pass));
  let best = Number.POSITIVE_INFINITY;
  let seconds = 0;
  for (let repeats = 1; seconds < MIN_SECONDS; repeats = Math.min(256, repeats * 2)) {
    const encoder = device.createCommandEncoder();
    const compute = encoder.beginComputePass();
    for (let i = 0; i < repeats; i++) graph.encode(compute, pass);
    compute.end();
    const started = performance.now();
    device.queue.submit([encoder.finish()]);
    await submittedWorkDone(device);
    const elapsed = performance.now() - started;
    best = Math.min(best, elapsed / repeats);
    seconds += elapsed / 1000;
  }
  return best;
}

/** Prints one line per kind. */
export async function main(argv: string[]): Promise<number> {
  const [kinds = 'f32,f16,int8,int4', lives = '1024,4096,16384', head = '20/5/128', chunk = '512/3584'] =
    argv;
  const [heads, kvHeads, headDim] = head.split('/').map(Number);
  const [tokens, position] = chunk.split('/').map(Number);
  const lengths = lives.split(',').map(Number);
  const gpu = await acquireNodeDevice('default');
  console.log(
    `${gpu.adapter.description || gpu.adapter.device}; heads ${head}; milliseconds per layer, least`,
  );
  for (const kind of kinds.split(',') as KvKind[]) {
    const capacity = Math.max(...lengths, position + tokens);
    const bench = await build(gpu, kind, { heads, kvHeads, headDim, capacity }, Math.max(1, tokens));
    const cells: string[] = [];
    for (const live of lengths) {
      const ms = await measure(gpu, bench.decode, bench, { tokens: 1, position: live - 1 });
      cells.push(`decode ${live}: ${ms.toFixed(3)}`);
    }
    if (tokens > 0) {
      const ms = await measure(gpu, bench.prefill, bench, { tokens, position });
      cells.push(`prefill ${tokens} at ${position}: ${ms.toFixed(2)}`);
    }
    console.log([kind, bench.decode.describe()[0].kernel, ...cells].join('  '));
    bench.dispose();
  }
  gpu.dispose();
  return 0;
}
