// Repacks tensors on the GPU during a load: file bytes go to a staging buffer as they are, kernels write the weights.
// Two windows are in flight: one is uploaded and repacked while the next is read.
import { repack } from '../../../shaders/repack/kernel.ts';
import { repackAbsmax } from '../../../shaders/repack-absmax/kernel.ts';
import { repackInt8 } from '../../../shaders/repack-int8/kernel.ts';
import { repackRowScales } from '../../../shaders/repack-row-scales/kernel.ts';
import { EngineError } from '../../errors.ts';
import { BufferPool } from '../../gpu/buffers.ts';
import type { GpuContext } from '../../gpu/device.ts';
import { chooseVariant, type Kernel, type KernelShape, packParams } from '../../gpu/kernel.ts';
import type { CompiledKernel, PipelineCache } from '../../gpu/pipelines.ts';
import { readBuffer, submittedWorkDone } from '../../gpu/readback.ts';
import type { TensorReader } from '../../quant/format.ts';
import { planRepack, type RepackForm, type RepackPlan } from './repack-plan.ts';
import { type RowWindow, readAhead, rowWindows } from './row-windows.ts';

/** A tensor on its way to the GPU. */
export interface RepackJob {
  readonly plan: RepackPlan;
  /** Index of the word that the kernels set when they find something wrong. */
  readonly flag: number;
}

/** Final buffers of some rows. */
export interface RepackTarget {
  readonly cells: GPUBuffer;
  /** f32, `groups` per row. */
  readonly scales: GPUBuffer;
  /** As scales; null without minima. */
  readonly minima: GPUBuffer | null;
  /** Row of these buffers that gets the first row. */
  readonly row: number;
}

interface Slot {
  readonly staging: GPUBuffer;
  /** One uniform for each dispatch of a window. */
  readonly uniforms: readonly [GPUBuffer, GPUBuffer];
  free: Promise<void>;
}

interface Step {
  readonly kernel: Kernel;
  readonly variant?: string;
  readonly buffers: Readonly<Record<string, GPUBuffer>>;
  readonly shape: KernelShape;
}

/** Bytes of one window, at most. */
const WINDOW_BYTES = 2 ** 22;
/** Scales of one window before they become one per row, or largest magnitudes of its rows. */
const SCRATCH_BYTES = 2 ** 21;
const KERNELS_OF_MODE: Readonly<Record<RepackPlan['mode'], readonly Kernel[]>> = {
  codes: [repack],
  'row-scales': [repack, repackRowScales],
  int8: [repackAbsmax, repackInt8],
};
/** Tensors of one model; more take the way through their readers. */
const MAX_JOBS = 4096;

/** Repacks the tensors of one model. Buffers are made at the first use; whoever made it disposes it. */
export class GpuRepack {
  readonly #gpu: GpuContext;
  readonly #pipelines: PipelineCache;
  readonly #pool: BufferPool;
  readonly #rechecks: (() => Promise<void>)[] = [];
  #buffers: { slots: Slot[]; scratch: GPUBuffer; unused: GPUBuffer; flags: GPUBuffer } | null = null;
  #next = 0;

  constructor(gpu: GpuContext, pipelines: PipelineCache) {
    this.#gpu = gpu;
    this.#pipelines = pipelines;
    this.#pool = new BufferPool(gpu.device);
  }

  /**
   * Begins a tensor: compiles its kernels meanwhile.
   * @param recheck takes the tensor the way through its reader: must throw the error that the GPU only notices
   * @returns null when the tensor has to take that way at once
   */
  begin(reader: TensorReader, form: RepackForm, recheck: () => Promise<void>): RepackJob | null {
    const plan = planRepack(reader, form);
    const fits =
      plan !== null && plan.stored.rowBytes <= WINDOW_BYTES && plan.storedGroups * 4 <= SCRATCH_BYTES;
    if (!fits || this.#rechecks.length === MAX_JOBS) return null;
    this.#rechecks.push(recheck);
    for (const kernel of KERNELS_OF_MODE[plan.mode]) {
      const variant = kernel === repackRowScales ? undefined : plan.variant;
      this.#compile(kernel, variant).catch(() => {}); // asked for again with the first window
    }
    return { plan, flag: this.#rechecks.length - 1 };
  }

  /**
   * Reads rows [rows.first, rows.first + rows.count) of the tensor and repacks them into the target.
   * @throws what the source throws, the signal's reason when aborted, EngineError 'gpu-error'
   */
  async write(job: RepackJob, rows: RowWindow, target: RepackTarget, signal?: AbortSignal): Promise<void> {
    const { stored, storedGroups } = job.plan;
    const scale = await stored.readScale?.(signal);
    if (scale !== undefined) this.#fillScales(target, rows.count, scale);
    const windowRows = Math.floor(Math.min(WINDOW_BYTES / stored.rowBytes, SCRATCH_BYTES / 4 / storedGroups));
    await readAhead(
      rowWindows(rows.first, rows.first + rows.count, windowRows),
      ({ first, count }) => stored.read(first, count, signal),
      async (bytes, { first, count }) => {
        signal?.throwIfAborted();
        await this.#submit(job, bytes, count, { ...target, row: target.row + first - rows.first });
      },
    );
  }

  /**
   * Waits for everything and reports what the kernels found.
   * @throws EngineError as the readers report a damaged tensor
   */
  async finish(): Promise<void> {
    if (this.#buffers === null || this.#rechecks.length === 0) return;
    const { device } = this.#gpu;
    const flags = new Uint32Array(await readBuffer(device, this.#buffers.flags, this.#rechecks.length * 4));
    const flagged = flags.findIndex((flag) => flag !== 0);
    if (flagged < 0) return;
    await this.#rechecks[flagged]();
    throw new EngineError(
      'gpu-error',
      `Repacking on the GPU found invalid codes in tensor number ${flagged}; its reader finds none. This is a defect of the engine or the driver; please report it with your browser and GPU.`,
      { details: { tensor: flagged, flags: flags[flagged] } },
    );
  }

  /** Frees the buffers. What was submitted still runs to its end. */
  dispose(): void {
    this.#pool.dispose();
  }

  #fillScales({ scales, row }: RepackTarget, rows: number, scale: number): void {
    const values = new Float32Array(rows).fill(scale);
    this.#gpu.device.queue.writeBuffer(scales, row * 4, values);
  }

  async #submit(job: RepackJob, bytes: Uint8Array, rows: number, target: RepackTarget): Promise<void> {
    const { device } = this.#gpu;
    const { slots } = this.#open();
    const slot = slots[this.#next];
    this.#next = (this.#next + 1) % slots.length;
    const steps = this.#steps(job, slot.staging, rows, target);
    const compiled = await Promise.all(steps.map(({ kernel, variant }) => this.#compile(kernel, variant)));
    await slot.free;
    writeBytes(device.queue, slot.staging, bytes);
    const encoder = device.createCommandEncoder({ label: 'repack' });
    if (job.plan.mode === 'int8') encoder.clearBuffer(this.#open().scratch, 0, rows * 4);
    const pass = encoder.beginComputePass({ label: 'repack' });
    steps.forEach(({ kernel, buffers, shape }, index) => {
      const { pipeline, layout, variant } = compiled[index];
      const uniform = slot.uniforms[index];
      device.queue.writeBuffer(uniform, 0, packParams(kernel, shape));
      const bound = [...kernel.bindings.map(({ name }) => buffers[name]), uniform];
      const entries = bound.map((buffer, binding) => ({ binding, resource: { buffer } }));
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, device.createBindGroup({ label: kernel.name, layout, entries }));
      pass.dispatchWorkgroups(...variant.workgroups(shape));
    });
    pass.end();
    device.queue.submit([encoder.finish()]);
    slot.free = submittedWorkDone(device);
    slot.free.catch(() => {}); // reported when the slot is used again; a lost device is reported elsewhere
  }

  #steps({ plan, flag }: RepackJob, raw: GPUBuffer, rows: number, target: RepackTarget): Step[] {
    const { columns: k, mode, variant, storedGroups, stored } = plan;
    const { cells, scales } = target;
    const { scratch, unused, flags } = this.#open();
    if (mode === 'int8') {
      const shape = { k, rows, row_bytes: stored.rowBytes, first_row: target.row };
      return [
        { kernel: repackAbsmax, variant, buffers: { raw, peak: scratch }, shape },
        { kernel: repackInt8, variant, buffers: { raw, peak: scratch, cells, scales }, shape },
      ];
    }
    const isApart = mode === 'row-scales';
    const minima = target.minima ?? unused;
    const codes = {
      kernel: repack,
      variant,
      buffers: { raw, cells, scales: isApart ? scratch : scales, minima, flags },
      shape: { k, rows, cell_row: target.row, scale_row: isApart ? 0 : target.row, flag },
    };
    if (!isApart) return [codes];
    const shape = { groups: storedGroups, rows, first_row: target.row, flag };
    return [
      codes,
      { kernel: repackRowScales, buffers: { scales: scratch, row_scale: scales, flags }, shape },
    ];
  }

  #compile(kernel: Kernel, layout: string | undefined): Promise<CompiledKernel> {
    return this.#pipelines.compile(kernel, chooseVariant(kernel, { features: this.#gpu.features, layout }));
  }

  #open() {
    if (this.#buffers === null) {
      const storage = (label: string, bytes: number) => this.#pool.storage(label, bytes, 'scratch');
      const slot = (index: number): Slot => ({
        staging: storage(`repack window ${index}`, WINDOW_BYTES),
        uniforms: [
          this.#pool.uniform('repack params', new ArrayBuffer(32)),
          this.#pool.uniform('repack params', new ArrayBuffer(32)),
        ],
        free: Promise.resolve(),
      });
      this.#buffers = {
        slots: [slot(0), slot(1)],
        scratch: storage('repack scratch', SCRATCH_BYTES),
        unused: storage('repack unused', 16),
        flags: storage('repack flags', MAX_JOBS * 4),
      };
    }
    return this.#buffers;
  }
}

// writeBuffer takes whole words: up to three bytes at the end go in a word of their own.
function writeBytes(queue: GPUQueue, target: GPUBuffer, bytes: Uint8Array): void {
  const whole = bytes.byteLength - (bytes.byteLength % 4);
  queue.writeBuffer(target, 0, bytes.buffer, bytes.byteOffset, whole);
  if (whole === bytes.byteLength) return;
  const rest = new Uint8Array(4);
  rest.set(bytes.subarray(whole));
  queue.writeBuffer(target, whole, rest);
}
