// Times the fused decode kernels on the shapes of a model, each variant that the device can run, beside the copy ceiling.
//   node scripts/run-ts.mjs bench/kernels/run.ts [--adapter NAME] [--model bitnet-2b] [--position 1000] [--filter TEXT]
//     [--all] (every variant, not only the chosen one) [--lanes 4,8,16] (tries these values of the LANES override)
import { parseArgs } from 'node:util';
import { acquireNodeDevice } from '../../src/cli/node-gpu.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import { chooseVariant, type KernelVariant } from '../../src/gpu/kernel.ts';
import { PipelineCache } from '../../src/gpu/pipelines.ts';
import { measureCeilings } from '../../src/runtime/benchmark/ceilings.ts';
import { timeKernel } from '../../src/runtime/benchmark/kernel-timing.ts';
import { MODELS, type PlannedDispatch, planDecode } from './plans.ts';

function readArguments(args: string[]) {
  return parseArgs({
    args,
    options: {
      adapter: { type: 'string' },
      model: { type: 'string', default: 'bitnet-2b' },
      position: { type: 'string', default: '1000' },
      filter: { type: 'string', default: '' },
      all: { type: 'boolean', default: false },
      lanes: { type: 'string' },
      dispatches: { type: 'string' },
    },
  }).values;
}

function variantsOf(gpu: GpuContext, planned: PlannedDispatch, all: boolean): readonly KernelVariant[] {
  const { kernel, layout } = planned;
  const choice = { features: gpu.features, layout, onCpu: gpu.adapter.isFallback };
  if (!all) return [chooseVariant(kernel, choice)];
  return kernel.variants.filter(
    (variant) =>
      variant.requires.every((feature) => gpu.features.has(feature)) &&
      (variant.layout === undefined || variant.layout === layout),
  );
}

/** Overrides and the grid that they need: rows per workgroup follow from both. */
function withLanes(variant: KernelVariant, planned: PlannedDispatch, lanes: number) {
  const own = variant.overrides ?? {};
  const pairs = own.WG_SIZE / own.LANES;
  const size = pairs * lanes;
  if (!Number.isInteger(size) || size > 256 || size < 32) return null;
  return {
    overrides: { LANES: lanes, WG_SIZE: size },
    workgroups: variant.workgroups(planned.request.shape),
  };
}

interface Attempt {
  readonly overrides?: Record<string, number>;
  readonly workgroups?: readonly [number, number, number];
}

function attemptsOf(variant: KernelVariant, planned: PlannedDispatch, lanes: string | undefined): Attempt[] {
  if (variant.overrides?.LANES === undefined) return [{}];
  const changed = (lanes?.split(',') ?? []).map((text) => withLanes(variant, planned, Number(text)));
  return [{}, ...changed.filter((attempt) => attempt !== null)];
}

/** Times every attempt at one dispatch, prints a line each. @returns the best seconds */
async function timeDispatch(
  bench: { readonly gpu: GpuContext; readonly pipelines: PipelineCache; readonly copyBytesPerSecond: number },
  planned: PlannedDispatch,
  values: ReturnType<typeof readArguments>,
): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (const variant of variantsOf(bench.gpu, planned, values.all)) {
    for (const attempt of attemptsOf(variant, planned, values.lanes)) {
      const request = { kernel: planned.kernel, variant, ...planned.request, ...attempt };
      const options = values.dispatches ? { dispatches: Number(values.dispatches) } : {};
      const seconds = await timeKernel(bench.gpu, bench.pipelines, request, options);
      best = Math.min(best, seconds);
      const rate = planned.memoryBytes / seconds;
      const microseconds = `${(seconds * 1e6).toFixed(2).padStart(10)} us`;
      const speed = `${(rate / 1e9).toFixed(1).padStart(8)} GB/s`;
      const share = `${((100 * rate) / bench.copyBytesPerSecond).toFixed(0).padStart(4)} % of copy`;
      const overrides = attempt.overrides ? JSON.stringify(attempt.overrides) : '';
      console.log(`${microseconds} ${speed} ${share}  ${planned.name} (${variant.name}) ${overrides}`);
    }
  }
  return best;
}

/** Prints a table; the exit code is 0. */
export async function main(args: string[]): Promise<number> {
  const values = readArguments(args);
  const sizes = MODELS[values.model];
  if (sizes === undefined)
    throw new Error(`--model is ${values.model}; one of ${Object.keys(MODELS)} is needed`);
  const gpu = await acquireNodeDevice(values.adapter ?? 'default');
  const pipelines = new PipelineCache(gpu.device);
  const { copyBytesPerSecond, dispatchSeconds } = await measureCeilings(gpu);
  console.log(
    `${gpu.adapter.description || gpu.adapter.device}: copy ${(copyBytesPerSecond / 1e9).toFixed(0)} GB/s, dispatch ${(dispatchSeconds * 1e6).toFixed(2)} us`,
  );
  let total = 0;
  for (const planned of planDecode(sizes, Number(values.position))) {
    if (!planned.name.includes(values.filter)) continue;
    total += (await timeDispatch({ gpu, pipelines, copyBytesPerSecond }, planned, values)) * planned.perToken;
  }
  console.log(
    `sum over a token: ${(total * 1e6).toFixed(0)} us = ${(1 / total).toFixed(0)} tokens/s without the tail`,
  );
  gpu.dispose();
  return 0;
}
