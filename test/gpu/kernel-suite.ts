// Runs every operation x variant x case on one device against the f64 reference. The same code runs in Node on Dawn
// and in a page: it knows neither of processes nor of browsers.
import type { Buffers, Expectation, KernelCase, KernelCases } from '../../shaders/case.ts';
import { CASES } from '../../shaders/cases.ts';
import { KERNELS } from '../../shaders/index.ts';
import { USAGE } from '../../src/gpu/buffers.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import { type Kernel, type KernelVariant, packParams, tuneVariant } from '../../src/gpu/kernel.ts';
import { type CompiledKernel, PipelineCache } from '../../src/gpu/pipelines.ts';
import { mapForRead } from '../../src/gpu/readback.ts';
import { compareOutput } from './compare.ts';

/** One op x variant x case. */
export interface KernelRecord {
  readonly op: string;
  readonly variant: string;
  readonly case: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Failed: what differs. Skipped: the reason. Passed: the largest deviation as a share of the tolerance. */
  readonly detail: string;
  readonly elapsedMs: number;
}

/** Options of runKernelSuite. */
export interface KernelSuiteOptions {
  /** Runs only names `op/variant: case` that contain this text. Default: all. */
  readonly filter?: string;
  /**
   * Runs only the first pipeline of each variant and skips, for this reason, cases and tunings with other values of its
   * overrides. Default: none is skipped.
   */
  readonly onlyFirstPipelines?: string;
  /** Called after each record, for progress. */
  onRecord?(record: KernelRecord): void;
}

/** Dispatches per case: the second one finds state that the first left behind in reused buffers. */
const RUNS_PER_CASE = 2;

interface Job {
  readonly kernel: Kernel;
  readonly variant: KernelVariant;
  /** Null when no case fits the variant. */
  readonly case: KernelCase | null;
  /** True: its pipeline is that of the variant's first case; false: the overrides have other values. */
  readonly isFirstPipeline: boolean;
}

interface Outcome {
  readonly status: KernelRecord['status'];
  readonly detail: string;
}

/** Every case that fits a variant, in registry order. An op or variant without a case is a failed record. */
export async function runKernelSuite(
  context: GpuContext,
  options: KernelSuiteOptions = {},
): Promise<KernelRecord[]> {
  const pipelines = new PipelineCache(context.device);
  const records: KernelRecord[] = [];
  const operands = new OperandCache();
  const onWasm = context.features.has('wasm');
  for (const job of listJobs()) {
    // The WebAssembly backend has variants of its own, which no GPU can run.
    if (onWasm !== (job.variant.wasm !== undefined)) continue;
    const name = { op: job.kernel.name, variant: job.variant.name, case: job.case?.name ?? '(none)' };
    if (options.filter && !`${name.op}/${name.variant}: ${name.case}`.includes(options.filter)) continue;
    const started = performance.now();
    const outcome: Outcome =
      options.onlyFirstPipelines !== undefined && !job.isFirstPipeline
        ? { status: 'skipped', detail: options.onlyFirstPipelines }
        : await runJob(context, pipelines, job, operands);
    const record = { ...name, ...outcome, elapsedMs: performance.now() - started };
    records.push(record);
    options.onRecord?.(record);
  }
  return records;
}

// Tunings are numbers in the same source, so one layout of a kernel stands for all; P packs rows its own way.
// In f32 arithmetic T2 takes llvmpipe fifteen seconds to compile, W8 one.
const TUNED_LAYOUTS: ReadonlySet<string> = new Set(['T2', 'P']);
const TUNED_LAYOUTS_OF: Readonly<Record<string, ReadonlySet<string>>> = { 'matvec-float': new Set(['W8']) };

function listJobs(): Job[] {
  return KERNELS.flatMap((kernel) => {
    const entry = CASES.find((known) => known.kernel === kernel.name);
    return kernel.variants.flatMap((variant): Job[] => {
      const fitting = (entry?.cases ?? []).filter(
        ({ name, layouts }) =>
          (layouts === undefined || variant.layout === undefined || layouts.includes(variant.layout)) &&
          (!variant.tunedOnly || (entry?.forTuner?.includes(name) ?? true)),
      );
      return fitting.length === 0
        ? [{ kernel, variant, case: null, isFirstPipeline: true }]
        : [
            ...fitting.map((testCase) => ({
              kernel,
              variant,
              case: testCase,
              isFirstPipeline: JSON.stringify(testCase.overrides) === JSON.stringify(fitting[0].overrides),
            })),
            ...tuningJobs(kernel, variant, fitting, entry),
          ];
    });
  });
}

function tuningJobs(
  kernel: Kernel,
  variant: KernelVariant,
  fitting: readonly KernelCase[],
  entry: KernelCases | undefined,
): Job[] {
  const layouts = TUNED_LAYOUTS_OF[kernel.name] ?? TUNED_LAYOUTS;
  if (variant.tunedOnly || !layouts.has(variant.layout ?? '')) return [];
  const testCase = fitting.find(({ name }) => entry?.forTuner?.includes(name)) ?? null;
  return (variant.tunings ?? []).map((tuning) => {
    const name = `${variant.name} ${JSON.stringify(tuning.overrides)}`;
    return {
      kernel,
      variant: { ...tuneVariant(variant, tuning), name },
      case: testCase,
      isFirstPipeline: false,
    };
  });
}

async function runJob(
  context: GpuContext,
  pipelines: PipelineCache,
  { kernel, variant, case: testCase }: Job,
  operands: OperandCache,
): Promise<Outcome> {
  if (testCase === null)
    return failed('no case fits this variant; add one to its cases.ts and to shaders/cases.ts');
  const missing = variant.requires.filter((feature) => !context.features.has(feature));
  if (missing.length > 0) return { status: 'skipped', detail: `device lacks ${missing.join(', ')}` };
  try {
    const { inputs, expect } = operands.of(testCase, kernel.name, variant.layout);
    const tooLarge = limitReason(context.device, kernel, inputs);
    if (tooLarge !== null) return { status: 'skipped', detail: tooLarge };
    const expected = expect();
    const declared = declarationError(kernel, inputs, expected);
    if (declared !== null) return failed(declared);
    return await withErrorScopes(context.device, async () => {
      const compiled = await pipelines.compile(kernel, variant, testCase.overrides);
      const outputs = await dispatchTwice(context.device, compiled, testCase, inputs);
      return judge(outputs, inputs, expected);
    });
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
}

interface Operands {
  readonly inputs: Buffers;
  expect(): Readonly<Record<string, Expectation>>;
}

/** Inputs and references of the cases of one operation: variants share them, and f64 loops take longer than kernels. */
class OperandCache {
  #op = '';
  readonly #known = new Map<KernelCase, Map<string | undefined, Operands>>();

  of(testCase: KernelCase, op: string, layout: string | undefined): Operands {
    if (op !== this.#op) this.#known.clear();
    this.#op = op;
    const byLayout = this.#known.get(testCase) ?? new Map<string | undefined, Operands>();
    this.#known.set(testCase, byLayout);
    const known = byLayout.get(layout);
    if (known !== undefined) return known;
    const inputs = testCase.inputs(layout);
    let expected: ReturnType<Operands['expect']> | undefined;
    const made: Operands = {
      inputs,
      expect() {
        expected ??= testCase.expected(inputs, layout);
        return expected;
      },
    };
    byLayout.set(layout, made);
    return made;
  }
}

function failed(detail: string): Outcome {
  return { status: 'failed', detail };
}

function limitReason(device: GPUDevice, kernel: Kernel, inputs: Buffers): string | null {
  const have = Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
  for (const { name } of kernel.bindings) {
    const need = inputs[name]?.byteLength ?? 0;
    if (need > have) return `binding ${name} needs ${need} bytes; the device allows ${have}`;
  }
  return null;
}

/** The case gives contents for every binding, and judges every buffer that the kernel may write. */
function declarationError(
  kernel: Kernel,
  inputs: Buffers,
  expected: Readonly<Record<string, Expectation>>,
): string | null {
  for (const { name, access } of kernel.bindings) {
    if (inputs[name] === undefined) return `the case gives no contents for binding ${name}`;
    if (access === 'read-write' && expected[name] === undefined)
      return `the case does not judge output ${name}`;
  }
  return null;
}

/** Any error of the GPU during `work` fails it, whatever its result. */
async function withErrorScopes(device: GPUDevice, work: () => Promise<Outcome>): Promise<Outcome> {
  const filters: GPUErrorFilter[] = ['validation', 'out-of-memory', 'internal'];
  for (const filter of filters) device.pushErrorScope(filter);
  let outcome: Outcome;
  try {
    outcome = await work();
  } catch (error) {
    outcome = failed(error instanceof Error ? error.message : String(error));
  }
  const errors: string[] = [];
  for (const filter of filters.toReversed()) {
    const error = await device.popErrorScope();
    if (error) errors.push(`stray ${filter} error: ${error.message}`);
  }
  return errors.length === 0 ? outcome : failed([...errors, outcome.detail].join('; '));
}

type Outputs = ReadonlyMap<string, ArrayBuffer>;

/** Dispatches twice with the same pipeline, bind group and buffers (contents written anew), and reads both results. */
async function dispatchTwice(
  device: GPUDevice,
  compiled: CompiledKernel,
  testCase: KernelCase,
  inputs: Buffers,
): Promise<Outputs[]> {
  const owned: GPUBuffer[] = [];
  const create = (label: string, size: number, usage: number) => {
    const buffer = device.createBuffer({ label, size: Math.max(16, Math.ceil(size / 4) * 4), usage });
    owned.push(buffer);
    return buffer;
  };
  try {
    const { kernel } = compiled;
    const storage = kernel.bindings.map(({ name }) =>
      create(name, inputs[name].byteLength, USAGE.STORAGE | USAGE.COPY_SRC | USAGE.COPY_DST),
    );
    const params = packParams(kernel, testCase.shape);
    const uniform = create('params', params.byteLength, USAGE.UNIFORM | USAGE.COPY_DST);
    device.queue.writeBuffer(uniform, 0, params);
    const group = device.createBindGroup({
      layout: compiled.layout,
      entries: [...storage, uniform].map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    const written = storage.filter((_, index) => kernel.bindings[index].access === 'read-write');
    const stagings = Array.from({ length: RUNS_PER_CASE }, () => {
      kernel.bindings.forEach(({ name }, index) => {
        const data = inputs[name];
        device.queue.writeBuffer(storage[index], 0, data.buffer, data.byteOffset, data.byteLength);
      });
      const staging = create('staging', totalBytes(written), USAGE.MAP_READ | USAGE.COPY_DST);
      submitDispatch(device, compiled, testCase, { group, written, staging });
      return staging;
    });
    const results: Outputs[] = [];
    for (const staging of stagings) results.push(splitOutputs(await mapForRead(device, staging), written));
    return results;
  } finally {
    for (const buffer of owned) buffer.destroy();
  }
}

function totalBytes(buffers: readonly GPUBuffer[]): number {
  return buffers.reduce((sum, { size }) => sum + size, 0);
}

function submitDispatch(
  device: GPUDevice,
  compiled: CompiledKernel,
  testCase: KernelCase,
  { group, written, staging }: { group: GPUBindGroup; written: readonly GPUBuffer[]; staging: GPUBuffer },
): void {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(compiled.pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(...compiled.variant.workgroups(testCase.shape));
  pass.end();
  let offset = 0;
  for (const buffer of written) {
    encoder.copyBufferToBuffer(buffer, 0, staging, offset, buffer.size);
    offset += buffer.size;
  }
  device.queue.submit([encoder.finish()]);
}

function splitOutputs(bytes: ArrayBuffer, written: readonly GPUBuffer[]): Outputs {
  let offset = 0;
  return new Map(
    written.map((buffer) => {
      const slice = bytes.slice(offset, offset + buffer.size);
      offset += buffer.size;
      return [buffer.label, slice];
    }),
  );
}

function judge(
  runs: readonly Outputs[],
  inputs: Buffers,
  expected: Readonly<Record<string, Expectation>>,
): Outcome {
  let worst = 0;
  for (const [run, outputs] of runs.entries()) {
    for (const [name, actual] of outputs) {
      const data = inputs[name];
      const initial = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer;
      const comparison = compareOutput({ name, actual, initial, expectation: expected[name] });
      if (comparison.error !== null) return failed(`run ${run + 1}: ${comparison.error}`);
      worst = Math.max(worst, comparison.worst);
    }
  }
  return { status: 'passed', detail: `${(worst * 100).toFixed(0)} % of the tolerance` };
}
