// What no test device can run is compiled at least, by the front end of Dawn on its null device, which has every feature:
// node scripts/run-ts.mjs test/gpu/compile.ts
import { create, globals } from 'webgpu';
import { KERNELS } from '../../shaders/index.ts';
import type { KernelFeature } from '../../src/gpu/device.ts';
import { report, type StatusRecord, summarize } from '../report.ts';

/** Neither llvmpipe nor SwiftShader has it. */
const UNTESTED: KernelFeature = 'subgroup-matrix';
const FEATURES = ['subgroups', 'chromium-experimental-subgroup-matrix'] as unknown as GPUFeatureName[];

/** Compiles every variant that needs the feature; the exit code is 0 when all compile. */
export async function main(): Promise<number> {
  Object.assign(globalThis, globals);
  const gpu = create(['backend=null', 'enable-dawn-features=allow_unsafe_apis']) as GPU;
  const adapter = await gpu.requestAdapter();
  const device = await adapter?.requestDevice({ requiredFeatures: FEATURES });
  if (!device) throw new Error('Dawn offers no null device; reinstall the package webgpu.');
  const records: StatusRecord[] = [];
  for (const kernel of KERNELS) {
    for (const variant of kernel.variants.filter(({ requires }) => requires.includes(UNTESTED))) {
      device.pushErrorScope('validation');
      const module = device.createShaderModule({ code: variant.code });
      device.createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'main' } });
      const error = await device.popErrorScope();
      const status = error === null ? 'passed' : 'failed';
      records.push({ name: `${kernel.name}/${variant.name} compiles`, status, detail: error?.message ?? '' });
    }
  }
  if (records.length === 0) {
    records.push({ name: 'variants to compile', status: 'failed', detail: `none needs ${UNTESTED}` });
  }
  // Dawn aborts when its objects are collected before the process ends.
  Object.assign(globalThis, { kept: [gpu, adapter, device] });
  return report([summarize('kernels', 'compiled only', records, { adapter: 'null' })]);
}
