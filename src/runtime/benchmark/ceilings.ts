// Measures what a device can do at most: copy bandwidth, and the cost of a dependent dispatch and of a read-back.
// Wall time of batches that end with onSubmittedWorkDone, after a warm-up: works without timestamp queries.
import { copy } from '../../../shaders/copy/kernel.ts';
import type { DeviceCeilings } from '../../api/benchmark-types.ts';
import { BufferPool } from '../../gpu/buffers.ts';
import type { GpuContext } from '../../gpu/device.ts';
import { type Graph, GraphBuilder } from '../../gpu/graph.ts';
import { PipelineCache } from '../../gpu/pipelines.ts';
import { mapForRead } from '../../gpu/readback.ts';
import { waitFor } from '../../gpu/waiting.ts';
import { median } from './statistics.ts';
import { submitGraphs, WARM_UP_MS } from './submit.ts';

const REPEATS = 9;
// The cost of a dispatch is the slope between two counts of submits, as long as a decode step each: what one wait costs
// drops out, and encoding overlaps with execution as it does when tokens are in flight.
const DISPATCHES_PER_SUBMIT = 100;
const FEW_SUBMITS = 2;
const MANY_SUBMITS = 12;
/** Browsers that look for finished work on a slow timer need more of it before two counts can be told apart. */
const MOST_SUBMITS = 192;
const READ_BACKS = 15;

/** Measures all. Allocates and frees its own buffers (up to 2 x 256 MiB on a GPU, 2 x 32 MiB on a CPU adapter). */
export async function measureCeilings(gpu: GpuContext, signal?: AbortSignal): Promise<DeviceCeilings> {
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
    signal?.throwIfAborted();
    await warmUp(gpu, tinyGraph);
    const dispatchSeconds = await measureDispatch(gpu, tinyGraph);
    signal?.throwIfAborted();
    return {
      copyBytesPerSecond: (2 * bytes) / copySeconds,
      dispatchSeconds,
      readBackSeconds: await measureReadBack(gpu, pool, source),
    };
  } finally {
    pool.dispose();
  }
}

async function measureDispatch(gpu: GpuContext, graph: Graph): Promise<number> {
  const fewSeconds = await timeSubmits(gpu, graph, FEW_SUBMITS);
  for (let many = MANY_SUBMITS; ; many *= 4) {
    const manySeconds = await timeSubmits(gpu, graph, many);
    if (manySeconds > 2 * fewSeconds || many >= MOST_SUBMITS) {
      return Math.max(0, manySeconds - fewSeconds) / ((many - FEW_SUBMITS) * DISPATCHES_PER_SUBMIT);
    }
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
  for (let index = 0; index < submits; index++) submitGraphs(gpu.device, [graph], 0);
  await waitFor(gpu.device, gpu.device.queue.onSubmittedWorkDone());
}

async function measureReadBack(gpu: GpuContext, pool: BufferPool, source: GPUBuffer): Promise<number> {
  const staging = pool.staging('read-back', 4);
  const seconds: number[] = [];
  for (let repeat = 0; repeat < READ_BACKS; repeat++) {
    const startMs = performance.now();
    const encoder = gpu.device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, 0, staging, 0, 4);
    gpu.device.queue.submit([encoder.finish()]);
    await mapForRead(gpu.device, staging);
    staging.unmap();
    seconds.push((performance.now() - startMs) / 1000);
  }
  return median(seconds);
}
