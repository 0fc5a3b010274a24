// The worker of sterna-wasm-product.ts, where the engine's backend may wait for its threads; and those threads themselves.
import { acquireWasm } from '../../../src/wasm/acquire.ts';
import { isWasmThread, pageThreads, serveWasmThread } from '../../../src/worker/wasm-threads.ts';
import type { TernaryMatrix } from '../onnx/matmul-nbits.ts';
import type { ProductEngine } from './engines.ts';
import type { ProductShape } from './product-data.ts';
import { sternaProduct } from './sterna-product.ts';

/** What the page asks for, in this order: `create` once, then the others as often as it likes. */
export type ProductRequest =
  | {
      readonly task: 'create';
      readonly shape: ProductShape;
      readonly matrices: readonly TernaryMatrix[];
      readonly x: Float32Array;
    }
  | { readonly task: 'run' | 'result' };

/** The answer to each request. */
export type ProductAnswer = { readonly kind: string; readonly values: Float32Array | null };

let engine: ProductEngine | null = null;

async function answer(request: ProductRequest): Promise<ProductAnswer> {
  if (request.task === 'create') {
    const gpu = await acquireWasm({ threads: pageThreads() });
    engine = await sternaProduct(gpu, request.shape, request.matrices, request.x);
    return { kind: `${engine.kind}, ${gpu.adapter.device}`, values: null };
  }
  if (engine === null) throw new Error('create comes first');
  if (request.task === 'result') return { kind: engine.kind, values: await engine.result() };
  await engine.run();
  return { kind: engine.kind, values: null };
}

if (isWasmThread()) serveWasmThread();
else
  addEventListener('message', async ({ data }: MessageEvent<ProductRequest>) => {
    postMessage(await answer(data));
  });
