// Our ternary products on the CPU, in a worker as the engine's are; its messages count in the time.
import type { TernaryMatrix } from '../onnx/matmul-nbits.ts';
import type { ProductEngine } from './engines.ts';
import type { ProductShape } from './product-data.ts';
import type { ProductAnswer, ProductRequest } from './sterna-worker.ts';

/** Starts the worker and hands it the matrices. @throws Error with what went wrong in it */
export async function sternaWasmProduct(
  shape: ProductShape,
  matrices: readonly TernaryMatrix[],
  x: Float32Array,
): Promise<ProductEngine> {
  const worker = new Worker(new URL('./sterna-worker.ts', import.meta.url), { type: 'module' });
  const ask = (request: ProductRequest): Promise<ProductAnswer> =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(request);
    });
  const { kind } = await ask({ task: 'create', shape, matrices, x });
  return {
    name: 'Sterna',
    place: 'wasm',
    kind,
    async run() {
      await ask({ task: 'run' });
    },
    async result() {
      const { values } = await ask({ task: 'result' });
      if (values === null) throw new Error('the worker sent no result');
      return values;
    },
    async dispose() {
      worker.terminate();
    },
  };
}
