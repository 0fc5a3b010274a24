// Products of one shape by every engine: checked, then timed in turn.
import type { GpuContext } from '../../../src/gpu/device.ts';
import type { FailedContender, ProductResult } from '../records.ts';
import { measureInTurn, type RoundOptions } from './contender.ts';
import { countDispatches } from './dispatch-count.ts';
import type { ProductEngine } from './engines.ts';
import { ortProduct } from './ort-product.ts';
import { type ProductShape, randomActivations, randomMatrix, relativeError } from './product-data.ts';
import { sternaProduct } from './sterna-product.ts';

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
  const engines: (ProductEngine & { readonly dispatches: number; readonly error: number })[] = [];
  const failed: FailedContender[] = [];
  const add = async (name: string, create: () => Promise<ProductEngine>) => {
    log(`${name}: prepare and check`);
    try {
      const engine = await create();
      const error = relativeError(await engine.result(), x, matrices[0]);
      if (!(error < MAX_ERROR)) throw new Error(`relative error ${error}; below ${MAX_ERROR} is needed`);
      const dispatches = await countDispatches(engine.run);
      if (dispatches === 0) throw new Error('no compute shader was dispatched: it does not run on WebGPU');
      engines.push({ ...engine, error, dispatches: dispatches / shape.copies });
    } catch (reason) {
      failed.push({ name, failed: String(reason).slice(0, 300) });
    }
  };
  await add('Sterna', () => sternaProduct(gpu, shape, matrices, x));
  for (const form of FORMS) {
    await add(`onnxruntime-web ${JSON.stringify(form)}`, () => ortProduct(shape, matrices, x, form));
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
    const { name, kind, dispatches, error } = engines[index];
    if ('failed' in result) {
      failed.push({ name, failed: result.failed });
      continue;
    }
    contenders.push({
      name,
      ranOn: `webgpu (${kind})`,
      dispatches,
      check: `relative error ${error.toExponential(1)}`,
      seconds: result.values.seconds,
    });
  }
  return { ...shape, contenders, failed };
}
