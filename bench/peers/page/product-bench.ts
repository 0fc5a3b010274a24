// Products of one shape by every engine: checked, then timed in turn.
import type { GpuContext } from '../../../src/gpu/device.ts';
import type { FailedContender, ProductResult } from '../records.ts';
import { measureInTurn, type RoundOptions } from './contender.ts';
import { countDispatches } from './dispatch-count.ts';
import type { ProductEngine } from './engines.ts';
import { ortProduct } from './ort-product.ts';
import { type ProductShape, randomActivations, randomMatrix, relativeError } from './product-data.ts';
import { sternaProduct } from './sterna-product.ts';
import { sternaWasmProduct } from './sterna-wasm-product.ts';

/** int8 activations err by about 0.6 %; a product with wrong codes errs by more than half. */
const MAX_ERROR = 0.03;

const FORMS = [
  { bits: 2, accuracyLevel: 0 },
  { bits: 2, accuracyLevel: 4 },
  { bits: 4, accuracyLevel: 0 },
  { bits: 4, accuracyLevel: 4 },
] as const;

/** Measures one shape; engines that fail or err are named with the reason. */
export async function benchProducts(
  gpu: GpuContext,
  shape: ProductShape,
  options: RoundOptions,
  log: (line: string) => void,
): Promise<ProductResult> {
  const matrices = Array.from({ length: shape.copies }, (_, copy) => randomMatrix(shape, copy + 1));
  const x = randomActivations(shape);
  const engines: (ProductEngine & { readonly dispatches: number | null; readonly error: number })[] = [];
  const failed: FailedContender[] = [];
  const add = async (name: string, create: () => Promise<ProductEngine>) => {
    log(`${name}: prepare and check`);
    try {
      const engine = await create();
      const error = relativeError(await engine.result(), x, matrices[0]);
      if (!(error < MAX_ERROR)) throw new Error(`relative error ${error}; below ${MAX_ERROR} is needed`);
      const dispatches = await countDispatches(engine.run);
      const onGpu = engine.place === 'webgpu';
      if (onGpu !== dispatches > 0)
        throw new Error(`${dispatches} compute shaders ran: not on ${engine.place}`);
      engines.push({ ...engine, error, dispatches: onGpu ? dispatches / shape.copies : null });
    } catch (reason) {
      failed.push({ name, failed: String(reason).slice(0, 300) });
    }
  };
  const onCpu = gpu.adapter.isFallback;
  // As the engine does by default: where WebGPU computes on the CPU, WebAssembly does it, for the peers too.
  if (onCpu) await add('Sterna', () => sternaWasmProduct(shape, matrices, x));
  await add('Sterna, WebGPU', () => sternaProduct(gpu, shape, matrices, x));
  for (const place of onCpu ? (['webgpu', 'wasm'] as const) : (['webgpu'] as const)) {
    for (const form of FORMS) {
      const name = `onnxruntime-web ${JSON.stringify(form)}, ${place}`;
      await add(name, () => ortProduct(shape, matrices, x, form, place));
    }
  }
  log('measure');
  const results = await measureInTurn(
    engines.map(({ name, run }) => ({
      name,
      async measure() {
        const startMs = performance.now();
        await run();
        return { seconds: (performance.now() - startMs) / 1000 / shape.copies };
      },
    })),
    options,
  );
  for (const engine of engines) await engine.dispose();
  const contenders: ProductResult['contenders'][number][] = [];
  for (const [index, result] of results.entries()) {
    const { name, place, kind, dispatches, error } = engines[index];
    if ('failed' in result) {
      failed.push({ name, failed: result.failed });
      continue;
    }
    contenders.push({
      name,
      ranOn: `${place} (${kind})`,
      dispatches,
      check: `relative error ${error.toExponential(1)}`,
      seconds: result.values.seconds,
    });
  }
  return { ...shape, contenders, failed };
}
