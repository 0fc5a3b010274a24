// Compares what candidates compute with what the plainest variant computes, on the device, with the model's own weights
// and contents under which every sum is exact (KernelProbe).
import { BufferPool } from '../../gpu/buffers.ts';
import { type KernelProbe, type KernelShape, type ProbeOutput, packParams } from '../../gpu/kernel.ts';
import type { CompiledKernel } from '../../gpu/pipelines.ts';
import { mapForRead } from '../../gpu/readback.ts';
import { fillContent } from './probe-contents.ts';
import type { TunableShape } from './shapes.ts';

/** Words behind the expected ones that must stay zero. */
const CANARY_WORDS = 64;
/** Largest difference of f32 outputs where sums are not exact, as a share of the largest value. */
const CLOSE = 1e-5;
/** Layouts whose sums are not exact: floats, and codes with outliers beside them, whose scales are the model's own. */
const INEXACT_LAYOUT = /^(?:F32|F16|BF16|\w+\+W8)$/;

type Words = ReadonlyMap<string, Uint32Array>;

/** Checks variants on one shape. dispose() frees its buffers. */
export class ShapeProbe {
  readonly #device: GPUDevice;
  readonly #pool: BufferPool;
  readonly #shape: TunableShape;
  readonly #params: KernelShape;
  readonly #outputs: readonly { readonly name: string; readonly buffer: GPUBuffer }[];
  readonly #staging: GPUBuffer;
  readonly #entries: readonly GPUBindGroupEntry[];
  #expected: Words | null = null;

  constructor(device: GPUDevice, shape: TunableShape) {
    this.#device = device;
    this.#shape = shape;
    this.#pool = new BufferPool(device);
    const { kernel, probe, buffers, layout } = shape;
    this.#params = { ...shape.params, ...probe.params, tokens: 1 };
    const bytes = 4 * (probe.outputWords(this.#params) + CANARY_WORDS);
    const outputs: { name: string; buffer: GPUBuffer }[] = [];
    const storage = kernel.bindings.map(({ name, access }) => {
      if (access === 'read-write') {
        const buffer = this.#pool.storage(`probe ${name}`, bytes, 'scratch');
        outputs.push({ name, buffer });
        return buffer;
      }
      const content = probe.inputs[name] ?? 'own';
      if (content === 'own') return buffers[name];
      const words = fillContent(content, buffers[name].size / 4, { columns: this.#params.k, layout });
      return this.#pool.upload(`probe ${name}`, words, 'scratch');
    });
    const uniform = this.#pool.uniform('probe params', packParams(kernel, this.#params));
    this.#entries = [...storage, uniform].map((buffer, binding) => ({ binding, resource: { buffer } }));
    this.#outputs = outputs;
    this.#staging = this.#pool.staging('probe outputs', bytes * outputs.length);
  }

  /** Runs the variant that the others are compared with. */
  async expect(twin: CompiledKernel): Promise<void> {
    this.#expected = await this.#run(twin);
  }

  /** @returns what differs from the twin, or null. Call `expect` before. */
  async check(compiled: CompiledKernel): Promise<string | null> {
    if (this.#expected === null) throw new Error('The probe has nothing to compare with: call expect first.');
    const actual = await this.#run(compiled);
    for (const { name } of this.#outputs) {
      const expected = this.#expected.get(name) ?? new Uint32Array();
      const difference = compareOutput(
        actual.get(name) ?? new Uint32Array(),
        expected,
        comparisonOf(this.#shape.probe, name, this.#shape.layout),
      );
      if (difference !== null) return `${name}${difference}`;
    }
    return null;
  }

  /** Frees every buffer. */
  dispose(): void {
    this.#pool.dispose();
  }

  async #run({ pipeline, layout, variant }: CompiledKernel): Promise<Words> {
    const group = this.#device.createBindGroup({ layout, entries: [...this.#entries] });
    const encoder = this.#device.createCommandEncoder();
    for (const { buffer } of this.#outputs) encoder.clearBuffer(buffer);
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(...variant.workgroups({ ...this.#params, position: 0 }));
    pass.end();
    this.#outputs.forEach(({ buffer }, index) => {
      encoder.copyBufferToBuffer(buffer, 0, this.#staging, index * buffer.size, buffer.size);
    });
    this.#device.pushErrorScope('validation');
    this.#device.queue.submit([encoder.finish()]);
    const error = await this.#device.popErrorScope();
    if (error) throw new Error(error.message);
    const bytes = await mapForRead(this.#device, this.#staging);
    const words = new Map(
      this.#outputs.map(({ name, buffer }, index) => [
        name,
        new Uint32Array(bytes.slice(index * buffer.size, (index + 1) * buffer.size)),
      ]),
    );
    this.#staging.unmap();
    return words;
  }
}

function comparisonOf({ outputs }: KernelProbe, name: string, layout: string | undefined): ProbeOutput {
  const comparison = outputs[name] ?? 'exact';
  return comparison === 'exact' && INEXACT_LAYOUT.test(layout ?? '') ? 'close' : comparison;
}

/**
 * Compares an output with what the twin wrote.
 * @returns `[3] is 2; expected 1 ...` for the first difference, or null
 */
export function compareOutput(
  actual: Uint32Array,
  expected: Uint32Array,
  comparison: ProbeOutput,
): string | null {
  if (actual.length !== expected.length) return ` has ${actual.length} words; expected ${expected.length}`;
  if (comparison === 'codes') return compareCodes(actual, expected);
  const have = new Float32Array(actual.buffer, actual.byteOffset, actual.length);
  const want = new Float32Array(expected.buffer, expected.byteOffset, expected.length);
  const largest = want.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const allowed = comparison === 'close' ? CLOSE * largest : 0;
  for (let index = 0; index < have.length; index++) {
    // Equal words first: so -0 and 0 pass by value, NaN only as the same NaN.
    if (actual[index] === expected[index] || Math.abs(have[index] - want[index]) <= allowed) continue;
    return `[${index}] is ${have[index]}; expected ${want[index]}${allowed > 0 ? ` within ${allowed}` : ' exactly'}`;
  }
  return null;
}

function compareCodes(actual: Uint32Array, expected: Uint32Array): string | null {
  const have = new Int8Array(actual.buffer, actual.byteOffset, actual.byteLength);
  const want = new Int8Array(expected.buffer, expected.byteOffset, expected.byteLength);
  for (let index = 0; index < have.length; index++) {
    if (Math.abs(have[index] - want[index]) > 1) {
      return `[${index}] is the code ${have[index]}; expected ${want[index]} or one beside it`;
    }
  }
  return null;
}
