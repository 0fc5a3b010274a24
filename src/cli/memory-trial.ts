// Whether a device can hold a number of bytes: WebGPU does not say how much memory there is, so it is tried.
import { freemem } from 'node:os';
import { USAGE } from '../gpu/buffers.ts';
import type { GpuContext } from '../gpu/device.ts';

/** What the trial found. */
export interface MemoryTrial {
  readonly adapter: string;
  readonly fits: boolean;
  /** Why not, or what was tried. */
  readonly reason: string;
}

/** Buffers of this size are allocated, as far as the device allows: about what a model's largest buffers have. */
const PIECE_BYTES = 128 << 20;

/**
 * Allocates `bytes` in buffers, then frees them. A device that computes on the CPU uses the main memory, and its driver
 * may promise more than there is: there the free memory must suffice too.
 */
export async function tryMemory(gpu: GpuContext, bytes: number): Promise<MemoryTrial> {
  const { device, adapter } = gpu;
  const name = adapter.description || adapter.device || adapter.vendor;
  if (adapter.isFallback && bytes > freemem()) {
    return { adapter: name, fits: false, reason: `${freemem()} bytes of main memory are free` };
  }
  const pieceBytes = Math.min(PIECE_BYTES, device.limits.maxBufferSize);
  const buffers: GPUBuffer[] = [];
  try {
    for (let done = 0; done < bytes; done += pieceBytes) {
      device.pushErrorScope('out-of-memory');
      const size = Math.ceil(Math.min(pieceBytes, bytes - done) / 4) * 4;
      buffers.push(device.createBuffer({ size, usage: USAGE.STORAGE | USAGE.COPY_DST }));
      const error = await device.popErrorScope();
      if (error !== null)
        return { adapter: name, fits: false, reason: `only ${done} bytes could be allocated` };
    }
    return { adapter: name, fits: true, reason: `${bytes} bytes could be allocated` };
  } finally {
    for (const buffer of buffers) buffer.destroy();
  }
}
