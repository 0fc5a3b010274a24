// What outliers cost one token: products of a layer's shapes in plain ternary, with 5 % of channels in int8 (fused, and as
// dispatches of their own), and with 2 of 32 single weights.
// node scripts/run-ts.mjs bench/outliers/run.ts [HIDDEN FFN]   (VK_ICD_FILENAMES chooses the driver)
import { gatherColumns } from '../../shaders/gather-columns/kernel.ts';
import { hadamardQuantize } from '../../shaders/hadamard-quantize/kernel.ts';
import { matvecFloat } from '../../shaders/matvec-float/kernel.ts';
import { matvecOutlier } from '../../shaders/matvec-outlier/kernel.ts';
import { matvecTernary } from '../../shaders/matvec-ternary/kernel.ts';
import { quantize } from '../../shaders/quantize/kernel.ts';
import { sparseProduct } from '../../shaders/sparse-product/kernel.ts';
import { acquireNodeDevice } from '../../src/cli/node-gpu.ts';
import { BufferPool } from '../../src/gpu/buffers.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import { GraphBuilder } from '../../src/gpu/graph.ts';
import { PipelineCache } from '../../src/gpu/pipelines.ts';
import { submittedWorkDone } from '../../src/gpu/readback.ts';

const REPEATS = 4;
const ROUNDS = 9;

type Shape = readonly [rows: number, columns: number];
type Adder = (
  builder: GraphBuilder,
  buffer: (label: string, bytes: number) => GPUBuffer,
  shape: Shape,
) => void;

// A twentieth of the channels, in a multiple of 16.
const outliersOf = (k: number) => Math.max(16, Math.round(k / 20 / 16) * 16);

const ternary: Adder = (builder, buffer, [m, k]) => {
  const buffers = {
    w: buffer('w', (m * k) / 4),
    row_scale: buffer('row scale', m * 4),
    q: buffer('q', k),
    q_scale: buffer('q scale', 4),
    out: buffer('out', m * 4),
  };
  builder.add({
    label: 'ternary',
    kernel: matvecTernary,
    layout: 'T2',
    buffers,
    params: { m, k, accumulate: 0 },
  });
};

const fused: (layout: 'T2' | 'B1') => Adder =
  (layout) =>
  (builder, buffer, [m, k]) => {
    const outliers = outliersOf(k);
    const buffers = {
      w: buffer('w', (m * k) / (layout === 'T2' ? 4 : 8)),
      row_scale: buffer('row scale', m * 4),
      q: buffer('q', k),
      q_scale: buffer('q scale', 4),
      outlier_w: buffer('outliers', m * outliers),
      outlier_scale: buffer('outlier scale', m * 4),
      outlier_index: buffer('index', outliers * 4),
      out: buffer('out', m * 4),
    };
    const params = { m, k, group: k, block: k, first_row: 0, accumulate: 0, outliers };
    builder.add({ label: 'fused', kernel: matvecOutlier, layout, buffers, params });
  };

const apart: Adder = (builder, buffer, shape) => {
  ternary(builder, buffer, shape);
  const [m, k] = shape;
  const columns = outliersOf(k);
  const gathered = buffer('gathered', columns * 4);
  const row_scale = buffer('outlier scale', m * 4);
  builder.add({
    label: 'gather',
    kernel: gatherColumns,
    buffers: {
      x: buffer('q', k),
      x_scale: buffer('q scale', 4),
      index: buffer('index', columns * 4),
      out: gathered,
    },
    params: { k, block: k, columns },
  });
  builder.add({
    label: 'outliers',
    kernel: matvecFloat,
    layout: 'W8',
    buffers: {
      w: buffer('outliers', m * columns),
      row_scale,
      row_min: row_scale,
      x: gathered,
      out: buffer('out', m * 4),
    },
    params: { m, k: columns, group: columns, first_row: 0, stride: m, accumulate: 1, minima: 0 },
  });
};

const single: Adder = (builder, buffer, shape) => {
  ternary(builder, buffer, shape);
  const [m, k] = shape;
  builder.add({
    label: 'single weights',
    kernel: sparseProduct,
    buffers: {
      entries: buffer('entries', (m * k) / 8),
      scale: buffer('scale', m * 4),
      x: buffer('q', k),
      x_scale: buffer('q scale', 4),
      out: buffer('out', m * 4),
    },
    params: { m, k, slots: 2, block: k, first_row: 0, stride: m },
  });
};

const rotated: Adder = (builder, buffer, [, k]) => {
  const x = buffer('x', k * 4);
  const buffers = { x, diagonal: x, q: buffer('q', k), scale: buffer('q scale', 4) };
  const params = { k, block: 256, diagonal: 0, norm: 0, epsilon: 0, group: k };
  builder.add({ label: 'rotate', kernel: hadamardQuantize, buffers, params });
};

const rounded: Adder = (builder, buffer, [, k]) => {
  const buffers = { x: buffer('x', k * 4), q: buffer('q', k), scale: buffer('q scale', 4) };
  builder.add({ label: 'quantize', kernel: quantize, buffers, params: { k } });
};

// Median milliseconds of one pass over all shapes.
async function time(gpu: GpuContext, shapes: readonly Shape[], add: Adder): Promise<number> {
  const pool = new BufferPool(gpu.device);
  const builder = new GraphBuilder(gpu, new PipelineCache(gpu.device), pool);
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    for (const shape of shapes) {
      add(builder, (label, bytes) => pool.storage(label, bytes, 'weights'), shape);
    }
  }
  const graph = await builder.build(1);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startMs = performance.now();
    const encoder = gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    graph.encode(pass, { tokens: 1, position: 0 });
    pass.end();
    gpu.device.queue.submit([encoder.finish()]);
    await submittedWorkDone(gpu.device);
    times.push((performance.now() - startMs) / REPEATS);
  }
  pool.dispose();
  return times.toSorted((a, b) => a - b)[ROUNDS >> 1];
}

/** @returns the exit code */
export async function main([hidden = '512', ffn = '1024']: string[]): Promise<number> {
  const [D, F] = [Number(hidden), Number(ffn)];
  const shapes: readonly Shape[] = [
    [2 * D, D],
    [D, D],
    [2 * F, D],
    [D, F],
  ];
  const gpu = await acquireNodeDevice('default');
  console.log(`${gpu.adapter.description}, D ${D}, F ${F}: one layer, one token`);
  const adders: readonly (readonly [string, Adder])[] = [
    ['ternary', ternary],
    ['ternary and 5 % of channels, fused', fused('T2')],
    ['binary and 5 % of channels, fused', fused('B1')],
    ['ternary and 5 % of channels, apart', apart],
    ['ternary and 2 of 32', single],
    ['quantize', rounded],
    ['rotate and quantize', rotated],
  ];
  for (const [name, add] of adders) console.log(`  ${name}: ${(await time(gpu, shapes, add)).toFixed(3)} ms`);
  gpu.dispose();
  return 0;
}
