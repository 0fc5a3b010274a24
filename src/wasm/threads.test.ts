import { afterEach, describe, expect, test } from 'vitest';
import { matvecTernary } from '../../shaders/matvec-ternary/kernel.ts';
import { nodeThreads } from '../cli/node-threads.ts';
import { BufferPool } from '../gpu/buffers.ts';
import type { GpuContext } from '../gpu/device.ts';
import { GraphBuilder } from '../gpu/graph.ts';
import { PipelineCache } from '../gpu/pipelines.ts';
import { readBuffer } from '../gpu/readback.ts';
import { acquireWasm } from './acquire.ts';
import type { Thread, ThreadStarter } from './threads.ts';

const ROWS = 1027; // no multiple of what a share takes at once
const COLUMNS = 640;
const contexts: GpuContext[] = [];

afterEach(() => {
  for (const context of contexts.splice(0)) context.dispose();
});

function numbers(count: number, seed: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => Math.imul(i + seed, 0x9e3779b1) >>> 0);
}

/** A product of arbitrary codes, computed `rounds` times over. */
async function product(threads: ThreadStarter | null, rounds: number): Promise<Uint32Array> {
  const gpu = await acquireWasm({ threads });
  contexts.push(gpu);
  const pool = new BufferPool(gpu.device);
  const out = pool.storage('out', ROWS * 4, 'scratch');
  const builder = new GraphBuilder(gpu, new PipelineCache(gpu.device), pool);
  builder.add({
    label: 'product',
    kernel: matvecTernary,
    layout: 'T2',
    buffers: {
      w: pool.upload('w', numbers((ROWS * COLUMNS) / 16, 1), 'weights'),
      row_scale: pool.upload('scales', new Float32Array(ROWS).fill(0.37), 'weights'),
      q: pool.upload('q', numbers(COLUMNS / 4, 2), 'scratch'),
      q_scale: pool.upload('scale', Float32Array.of(0.011), 'scratch'),
      out,
    },
    params: { m: ROWS, k: COLUMNS, accumulate: 1 },
  });
  const graph = await builder.build(1);
  for (let round = 0; round < rounds; round++) {
    const encoder = gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    graph.encode(pass, { tokens: 1, position: 0 });
    pass.end();
    gpu.device.queue.submit([encoder.finish()]);
    if (round % 50 === 0) await gpu.device.queue.onSubmittedWorkDone(); // threads start, and fall asleep
  }
  return new Uint32Array(await readBuffer(gpu.device, out));
}

describe('threads of the WebAssembly backend', () => {
  test('compute the bits of one thread, again and again', async () => {
    const alone = await product(null, 400);
    expect(new Set(alone).size).toBeGreaterThan(ROWS / 2);
    expect(await product({ ...nodeThreads(), helpers: 3 }, 400)).toEqual(alone);
  });

  test('are not waited for when they never run, or cannot be started', async () => {
    const alone = await product(null, 3);
    const idle: Thread = { terminate: () => {} };
    expect(await product({ helpers: 2, start: () => idle }, 3)).toEqual(alone);
    const refuse = () => {
      throw new Error('no workers here');
    };
    expect(await product({ helpers: 2, start: refuse }, 3)).toEqual(alone);
  });

  test('a share that fails is an error, not a hang', async () => {
    const gpu = await acquireWasm({ threads: { ...nodeThreads(), helpers: 1 } });
    contexts.push(gpu);
    const pool = new BufferPool(gpu.device);
    const small = pool.storage('too small', 16, 'scratch');
    const builder = new GraphBuilder(gpu, new PipelineCache(gpu.device), pool);
    builder.add({
      label: 'beyond the memory',
      kernel: matvecTernary,
      layout: 'T2',
      buffers: { w: small, row_scale: small, q: small, q_scale: small, out: small },
      params: { m: 2 ** 24, k: 4096, accumulate: 0 },
    });
    const graph = await builder.build(1);
    const encoder = gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    graph.encode(pass, { tokens: 1, position: 0 });
    pass.end();
    const commands = encoder.finish();
    expect(() => gpu.device.queue.submit([commands])).toThrow(
      expect.objectContaining({
        code: 'gpu-error',
        message: expect.stringMatching(/shares of a kernel failed/),
      }),
    );
  });
});
