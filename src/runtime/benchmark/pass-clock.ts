// How long a compute pass takes: by timestamps of the GPU, or by wall time from its submit to its end.
import { USAGE } from '../../gpu/buffers.ts';
import { mapForRead, submittedWorkDone } from '../../gpu/readback.ts';

/** Encodes the dispatches of a pass. */
export type EncodePass = (pass: GPUComputePassEncoder) => void;

/** Measures passes of one device. */
export interface PassClock {
  /** Submits the pass alone. @returns seconds */
  measure(encode: EncodePass): Promise<number>;
  /** Frees what it holds. */
  dispose(): void;
}

/** Wall time, that of the submit included. Holds nothing. */
export class WallClock implements PassClock {
  readonly #device: GPUDevice;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  async measure(encode: EncodePass): Promise<number> {
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    encode(pass);
    pass.end();
    const commands = encoder.finish();
    const startMs = performance.now();
    this.#device.queue.submit([commands]);
    await submittedWorkDone(this.#device);
    return (performance.now() - startMs) / 1000;
  }

  dispose(): void {
    // Nothing to free.
  }
}

/** Timestamps at both ends of the pass; the device must have the feature `timestamp-query`. One pass at a time: others wait. */
export class GpuClock implements PassClock {
  readonly #device: GPUDevice;
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #staging: GPUBuffer;
  #last: Promise<unknown> = Promise.resolve();

  constructor(device: GPUDevice) {
    this.#device = device;
    this.#queries = device.createQuerySet({ type: 'timestamp', count: 2 });
    this.#resolved = device.createBuffer({ size: 16, usage: USAGE.QUERY_RESOLVE | USAGE.COPY_SRC });
    this.#staging = device.createBuffer({ size: 16, usage: USAGE.MAP_READ | USAGE.COPY_DST });
  }

  measure(encode: EncodePass): Promise<number> {
    // The staging buffer may still be mapped for a caller that has stopped waiting.
    const seconds = this.#last.then(() => this.#measureAlone(encode));
    this.#last = seconds.catch(() => {});
    return seconds;
  }

  async #measureAlone(encode: EncodePass): Promise<number> {
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass({
      timestampWrites: { querySet: this.#queries, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
    });
    encode(pass);
    pass.end();
    encoder.resolveQuerySet(this.#queries, 0, 2, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#staging, 0, 16);
    this.#device.queue.submit([encoder.finish()]);
    const [begin, end] = new BigUint64Array(await mapForRead(this.#device, this.#staging));
    this.#staging.unmap();
    return Number(end - begin) / 1e9;
  }

  dispose(): void {
    this.#queries.destroy();
    this.#resolved.destroy();
    this.#staging.destroy();
  }
}
