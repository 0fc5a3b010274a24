// Random weights made on the GPU, for models of which only the shape matters: benchmarks. Nothing is uploaded.
import { RANDOM_SPREAD, randomFill } from '../../shaders/random-fill/kernel.ts';
import { EngineError } from '../errors.ts';
import type { BufferPool, WeightContent } from '../gpu/buffers.ts';
import type { GpuContext } from '../gpu/device.ts';
import { GraphBuilder } from '../gpu/graph.ts';
import type { PipelineCache } from '../gpu/pipelines.ts';
import { submittedWorkDone } from '../gpu/readback.ts';

/** What is to be filled. */
export interface RandomWeightsTarget {
  readonly gpu: GpuContext;
  readonly pipelines: PipelineCache;
  /** Its weight buffers are filled. */
  readonly pool: BufferPool;
}

/** Options of fillRandomWeights. */
export interface RandomWeightsOptions {
  /** Any u32. Default 1. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** Called with the bytes that are filled so far, of all weights. */
  readonly onBytes?: (filledBytes: number) => void;
}

/** Bytes filled between two waits, so that a page stays responsive and an abort is noticed. */
const BATCH_BYTES = 2 ** 26;

/**
 * Fills every weight buffer of the pool with valid codes, and scales that keep activations at their size: with them
 * a matrix has weights of mean square 1 / columns. The same seed gives the same weights on every device.
 * @throws EngineError 'unsupported-model' for a buffer of unknown contents; the signal's reason
 */
export async function fillRandomWeights(
  { gpu, pipelines, pool }: RandomWeightsTarget,
  options: RandomWeightsOptions = {},
): Promise<void> {
  const buffers = pool.weightBuffers();
  const builder = new GraphBuilder(gpu, pipelines, pool);
  buffers.forEach(({ buffer, content }, index) => {
    if (content === null) throw unknownContents(buffer.label);
    builder.add({
      label: `random ${buffer.label}`,
      kernel: randomFill,
      layout: content.kind === 'codes' ? content.layout : 'constant',
      buffers: { out: buffer },
      params: { n: buffer.size / 4, seed: (options.seed ?? 1) + index, scale: scaleOf(content) },
    });
  });
  const graph = await builder.build(1);
  let filledBytes = 0;
  for (let next = 0; next < buffers.length; ) {
    const encoder = gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (let bytes = 0; next < buffers.length && bytes < BATCH_BYTES; next++) {
      graph.encode(pass, { tokens: 1, position: 0 }, next, next + 1);
      bytes += buffers[next].buffer.size;
      filledBytes += buffers[next].buffer.size;
    }
    pass.end();
    gpu.device.queue.submit([encoder.finish()]);
    await submittedWorkDone(gpu.device);
    options.signal?.throwIfAborted();
    options.onBytes?.(filledBytes);
  }
}

/** @returns the param `scale` of random-fill */
function scaleOf(content: WeightContent): number {
  if (content.kind === 'constant') return content.value;
  const { layout, columns } = content;
  const spread = spreadOf(layout);
  const isFloat = layout === 'F16' || layout === 'BF16' || layout === 'F32';
  // Floats carry their size themselves (by a power of two, see random-fill) and have scales of 1.
  if (!isFloat) return 1 / (spread * Math.sqrt(columns));
  return content.kind === 'scales' ? 1 : 2 ** Math.round(Math.log2(1 / (spread * Math.sqrt(columns))));
}

function spreadOf(layout: string): number {
  const spread = (RANDOM_SPREAD as Readonly<Record<string, number>>)[layout];
  if (spread === undefined) throw unknownContents(`of layout ${layout}`);
  return spread;
}

function unknownContents(what: string): EngineError {
  return new EngineError(
    'unsupported-model',
    `Random weights cannot be made for the buffer ${what}: what it holds is not known; expected a layout of random-fill. This is a defect of the engine; please report it.`,
  );
}
