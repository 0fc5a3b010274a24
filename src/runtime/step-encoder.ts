// Encodes decode steps, several into one submit where they follow at once: between submits the GPU idles some
// microseconds, and each costs the host a call.
import type { Graph, PassShape } from '../gpu/graph.ts';
import type { StepRange, StepSubmitter } from './decode-ahead.ts';
import type { IdReader } from './id-reader.ts';

/** What the steps of a generation are. */
export interface StepEncoderOptions {
  readonly device: GPUDevice;
  readonly reader: IdReader;
  /** The dispatches of a step, in order. */
  readonly graphs: readonly Graph[];
  /** The pass of a step. */
  shapeOf(step: number): PassShape;
}

/** Submits the steps of one generation. */
export class StepEncoder implements StepSubmitter {
  readonly #options: StepEncoderOptions;
  /** Steps that the next submit takes along. */
  #open: { readonly encoder: GPUCommandEncoder; readonly pass: GPUComputePassEncoder } | null = null;

  constructor(options: StepEncoderOptions) {
    this.#options = options;
  }

  submit(step: number, read: StepRange | null, followed: boolean): Promise<readonly number[]> | null {
    const { device, graphs, shapeOf } = this.#options;
    this.#open ??= beginPass(device);
    const { encoder, pass } = this.#open;
    const shape = shapeOf(step);
    for (const graph of graphs) graph.encode(pass, shape);
    if (followed) return null;
    this.#open = null;
    pass.end();
    if (read !== null) return submitAndRead(this.#options, encoder, read);
    device.queue.submit([encoder.finish()]);
    return null;
  }

  read(range: StepRange): Promise<readonly number[]> {
    return submitAndRead(this.#options, this.#options.device.createCommandEncoder(), range);
  }
}

/** Submits what is encoded, and the read-back of ids after it. */
export function submitAndRead(
  { device, reader }: { readonly device: GPUDevice; readonly reader: IdReader },
  encoder: GPUCommandEncoder,
  { firstStep, count }: StepRange,
): Promise<readonly number[]> {
  const { receive } = reader.encode(encoder, firstStep, count);
  device.queue.submit([encoder.finish()]);
  const ids = receive();
  ids.catch(() => {}); // discarded tokens must not count as an unhandled rejection when the device is lost
  return ids;
}

function beginPass(device: GPUDevice) {
  const encoder = device.createCommandEncoder();
  return { encoder, pass: encoder.beginComputePass() };
}
