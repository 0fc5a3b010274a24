// Times one kernel variant on one shape: many dependent dispatches in one pass over different weights, as a decode step
// runs them, so that neither caches nor overlap flatter it. Runs in Node and in a worker.
import { BufferPool } from '../../gpu/buffers.ts';
import type { GpuContext } from '../../gpu/device.ts';
import { type Kernel, type KernelShape, type KernelVariant, packParams } from '../../gpu/kernel.ts';
import type { CompiledKernel, PipelineCache } from '../../gpu/pipelines.ts';
import { GpuClock, WallClock } from './pass-clock.ts';
import { median } from './statistics.ts';

/** What to time. */
export interface TimingRequest {
  readonly kernel: Kernel;
  readonly variant: KernelVariant;
  /** Replaces the variant's own values; the grid must then be given too. */
  readonly overrides?: Readonly<Record<string, number>>;
  /** Params of the uniform plus what the grid needs. */
  readonly shape: KernelShape;
  readonly workgroups?: readonly [number, number, number];
  /** Bytes of each binding. */
  readonly bytes: Readonly<Record<string, number>>;
  /** Bindings that every dispatch of a cycle gets its own copy of: the weights. Others are shared, as in a model. */
  readonly perCopy: readonly string[];
  /** Contents of small bindings, by name; the rest is zero. */
  readonly contents?: Readonly<Record<string, Uint32Array | Float32Array>>;
}

/** How long to measure. */
export interface TimingOptions {
  /** Bytes of all copies of the weights together: more than any cache. Default 256 MiB on GPUs, 16 MiB on CPU adapters. */
  readonly footprintBytes?: number;
  /** Dispatches of one measured pass. Default 200 on GPUs, 8 on CPU adapters. */
  readonly dispatches?: number;
  /** Passes; the median counts. Default 7. */
  readonly repeats?: number;
}

/** @returns seconds per dispatch, the cost of a dependent dispatch included. @throws EngineError 'gpu-error' */
export async function timeKernel(
  gpu: GpuContext,
  pipelines: PipelineCache,
  request: TimingRequest,
  options: TimingOptions = {},
): Promise<number> {
  const onCpu = gpu.adapter.isFallback;
  const { footprintBytes = onCpu ? 2 ** 24 : 2 ** 28, dispatches = onCpu ? 8 : 200, repeats = 7 } = options;
  const pool = new BufferPool(gpu.device);
  try {
    const compiled = await pipelines.compile(request.kernel, request.variant, { ...request.overrides });
    const perCopyBytes = request.perCopy.reduce((sum, name) => sum + request.bytes[name], 0);
    const copies = Math.max(1, Math.min(dispatches, Math.ceil(footprintBytes / Math.max(1, perCopyBytes))));
    const groups = createGroups(gpu, pool, compiled, request, copies);
    const grid = request.workgroups ?? request.variant.workgroups(request.shape);
    const encode = (pass: GPUComputePassEncoder, count: number) => {
      pass.setPipeline(compiled.pipeline);
      for (let index = 0; index < count; index++) {
        pass.setBindGroup(0, groups[index % copies]);
        pass.dispatchWorkgroups(...grid);
      }
    };
    const clock = gpu.hasTimestamps && !onCpu ? new GpuClock(gpu.device) : new WallClock(gpu.device);
    await clock.measure((pass) => encode(pass, dispatches));
    const seconds: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      seconds.push((await clock.measure((pass) => encode(pass, dispatches))) / dispatches);
    }
    clock.dispose();
    return median(seconds);
  } finally {
    pool.dispose();
  }
}

function createGroups(
  gpu: GpuContext,
  pool: BufferPool,
  compiled: CompiledKernel,
  request: TimingRequest,
  copies: number,
): GPUBindGroup[] {
  const { kernel, bytes, perCopy, contents = {} } = request;
  const create = (name: string) => {
    const buffer = pool.storage(name, Math.max(16, bytes[name]), 'scratch');
    const data = contents[name];
    if (data) gpu.device.queue.writeBuffer(buffer, 0, data as GPUAllowSharedBufferSource);
    return buffer;
  };
  const shared = new Map<string, GPUBuffer>();
  for (const { name } of kernel.bindings) if (!perCopy.includes(name)) shared.set(name, create(name));
  const uniform = pool.uniform('params', packParams(kernel, { tokens: 1, ...request.shape }));
  return Array.from({ length: copies }, () => {
    const entries = kernel.bindings.map(({ name }, binding): GPUBindGroupEntry => {
      return { binding, resource: { buffer: shared.get(name) ?? create(name) } };
    });
    entries.push({ binding: entries.length, resource: { buffer: uniform } });
    return gpu.device.createBindGroup({ layout: compiled.layout, entries });
  });
}
