// Measures what a device can do at most: copy bandwidth and the cost of a dependent dispatch.
// Wall time of batches that end with onSubmittedWorkDone, after a warm-up: works without timestamp queries.
import { copy } from '../../shaders/copy/kernel.ts';
import { BufferPool } from '../gpu/buffers.ts';
import type { GpuContext } from '../gpu/device.ts';
import { type Graph, GraphBuilder } from '../gpu/graph.ts';
import { PipelineCache } from '../gpu/pipelines.ts';
import { median } from './statistics.ts';

/** Ceilings of a device. */
export interface DeviceCeilings {
  /** Bytes read plus bytes written per second by the copy kernel. */
  readonly copyBytesPerSecond: number;
  /** Seconds per dependent tiny dispatch in one pass. */
  readonly dispatchSeconds: number;
}

/** GPUs idle at low clocks; this much work comes before anything is timed. */
const WARM_UP_MS = 500;
const REPEATS = 9;
// The cost of a dispatch is the slope between two counts of submits, as long as a decode step each: what one wait costs
// drops out, and encoding overlaps with execution as it does when tokens are in flight.
const DISPATCHES_PER_SUBMIT = 100;
const FEW_SUBMITS = 2;
const MANY_SUBMITS = 12;

/** Measures both. Allocates and frees its own buffers (up to 2 x 256 MiB on a GPU, 2 x 32 MiB on a CPU adapter). */
export async function measureCeilings(gpu: GpuContext): Promise<DeviceCeilings> {
  const pool = new BufferPool(gpu.device);
  try {
    const bytes = Math.min(
      gpu.adapter.isFallback ? 2 ** 25 : 2 ** 28,
      gpu.device.limits.maxStorageBufferBindingSize,
    );
    const source = pool.storage('copy source', bytes, 'scratch');
    const out = pool.storage('copy target', bytes, 'scratch');
    const copyGraph = await buildCopy(gpu, pool, { source, out, n: bytes / 16, count: 1 });
    const tinyGraph = await buildCopy(gpu, pool, { source, out, n: 16, count: DISPATCHES_PER_SUBMIT });
    await warmUp(gpu, copyGraph);
    const batch = gpu.adapter.isFallback ? 1 : 8;
    const copySeconds = (await timeSubmits(gpu, copyGraph, batch)) / batch;
    await warmUp(gpu, tinyGraph);
    const fewSeconds = await timeSubmits(gpu, tinyGraph, FEW_SUBMITS);
    const manySeconds = await timeSubmits(gpu, tinyGraph, MANY_SUBMITS);
    const extraDispatches = (MANY_SUBMITS - FEW_SUBMITS) * DISPATCHES_PER_SUBMIT;
    return {
      copyBytesPerSecond: (2 * bytes) / copySeconds,
      dispatchSeconds: Math.max(0, manySeconds - fewSeconds) / extraDispatches,
    };
  } finally {
    pool.dispose();
  }
}

async function buildCopy(
  gpu: GpuContext,
  pool: BufferPool,
  options: { source: GPUBuffer; out: GPUBuffer; n: number; count: number },
): Promise<Graph> {
  const builder = new GraphBuilder(gpu, new PipelineCache(gpu.device), pool);
  for (let index = 0; index < options.count; index++) {
    // Alternating direction makes each dispatch depend on the one before.
    const forth = index % 2 === 0;
    builder.add({
      label: 'copy',
      kernel: copy,
      buffers: { source: forth ? options.source : options.out, out: forth ? options.out : options.source },
      params: { n: options.n },
    });
  }
  return builder.build(1);
}

async function warmUp(gpu: GpuContext, graph: Graph): Promise<void> {
  const endMs = performance.now() + WARM_UP_MS;
  while (performance.now() < endMs) await runSubmits(gpu, graph, 1);
}

async function timeSubmits(gpu: GpuContext, graph: Graph, submits: number): Promise<number> {
  const seconds: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const startMs = performance.now();
    await runSubmits(gpu, graph, submits);
    seconds.push((performance.now() - startMs) / 1000);
  }
  return median(seconds);
}

async function runSubmits(gpu: GpuContext, graph: Graph, submits: number): Promise<void> {
  for (let index = 0; index < submits; index++) {
    const encoder = gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    graph.encode(pass, { tokens: 1, position: 0 });
    pass.end();
    gpu.device.queue.submit([encoder.finish()]);
  }
  await gpu.device.queue.onSubmittedWorkDone();
}
