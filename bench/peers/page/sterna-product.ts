// Our ternary products as the engine's graphs run them: int8 activations, the layout and kernels that the device gets.
import { bitPlanes } from '../../../shaders/bit-planes/kernel.ts';
import { packP } from '../../../shaders/layouts/p/layout.ts';
import { packT2 } from '../../../shaders/layouts/t2/layout.ts';
import { matmulTernary } from '../../../shaders/matmul-ternary/kernel.ts';
import { matvecTernary } from '../../../shaders/matvec-ternary/kernel.ts';
import { quantize } from '../../../shaders/quantize/kernel.ts';
import { ternaryLayout } from '../../../src/architectures/blocks/ternary-linear.ts';
import { BufferPool } from '../../../src/gpu/buffers.ts';
import type { GpuContext } from '../../../src/gpu/device.ts';
import { GraphBuilder } from '../../../src/gpu/graph.ts';
import { PipelineCache } from '../../../src/gpu/pipelines.ts';
import { readBuffer } from '../../../src/gpu/readback.ts';
import type { TernaryMatrix } from '../onnx/matmul-nbits.ts';
import type { Place, ProductEngine } from './engines.ts';
import { type ProductShape, SCALE_BLOCK } from './product-data.ts';

/** Uploads the matrices; each product quantises its activations anew, as each node of the peers does. */
export async function sternaProduct(
  gpu: GpuContext,
  shape: ProductShape,
  matrices: readonly TernaryMatrix[],
  x: Float32Array,
): Promise<ProductEngine> {
  const { rows, columns, tokens } = shape;
  const { device } = gpu;
  const pool = new BufferPool(device);
  const builder = new GraphBuilder(gpu, new PipelineCache(device), pool);
  const layout = ternaryLayout(gpu);
  const input = pool.upload('x', x, 'scratch');
  const q = pool.storage('q', columns * tokens, 'scratch');
  const scale = pool.storage('scale', tokens * 4, 'scratch');
  const planes = pool.storage('planes', columns * tokens, 'scratch');
  const outputs = matrices.map((matrix, index) => {
    const out = pool.storage(`y${index}`, rows * tokens * 4, 'scratch');
    const words = (layout === 'P' ? packP : packT2)(matrix.codes);
    const rowScales = Float32Array.from(
      { length: rows },
      (_, row) => matrix.scales[(row * columns) / SCALE_BLOCK],
    );
    builder.add({
      label: 'quantize',
      kernel: quantize,
      buffers: { x: input, q, scale },
      params: { k: columns },
    });
    if (layout === 'P') {
      builder.add({ label: 'planes', kernel: bitPlanes, buffers: { q, planes }, params: { k: columns } });
    }
    builder.add({
      label: 'product',
      kernel: tokens === 1 ? matvecTernary : matmulTernary,
      layout,
      buffers: {
        w: pool.upload(`w${index}`, words, 'weights'),
        row_scale: pool.upload(`row scales ${index}`, rowScales, 'weights'),
        q: layout === 'P' ? planes : q,
        q_scale: scale,
        out,
      },
      params: { m: rows, k: columns, accumulate: 0 },
    });
    return out;
  });
  const graph = await builder.build(tokens);
  const kernel = graph.describe().at(-1)?.kernel ?? '';
  const place: Place = gpu.features.has('wasm') ? 'wasm' : 'webgpu';
  const run = async () => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    graph.encode(pass, { tokens, position: 0 });
    pass.end();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
  };
  return {
    name: place === 'webgpu' && gpu.adapter.isFallback ? 'Sterna, through WebGPU' : 'Sterna',
    place,
    kind: kernel,
    run,
    async result() {
      await run();
      return new Float32Array(await readBuffer(device, outputs[0]));
    },
    async dispose() {
      pool.dispose();
    },
  };
}
