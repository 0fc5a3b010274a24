// Reads chosen ids a few tokens behind: one small staging buffer per token in flight.
import { RING_SIZE } from '../../shaders/advance/kernel.ts';
import type { BufferPool } from '../gpu/buffers.ts';
import { mapForRead } from '../gpu/readback.ts';

/** Staging buffers for ids in flight. They belong to the pool. */
export class IdReader {
  readonly #pool: BufferPool;
  readonly #ring: GPUBuffer;
  readonly #free: GPUBuffer[] = [];

  constructor(pool: BufferPool, ring: GPUBuffer) {
    this.#pool = pool;
    this.#ring = ring;
  }

  /**
   * Encodes the copy of the id of a step. Call `receive` after the submit.
   * @param step 0 for the first token of a generation
   */
  encode(encoder: GPUCommandEncoder, step: number): { receive(): Promise<number> } {
    const staging = this.#free.pop() ?? this.#pool.staging('chosen id', 4);
    encoder.copyBufferToBuffer(this.#ring, (step % RING_SIZE) * 4, staging, 0, 4);
    return {
      receive: async () => {
        const bytes = await mapForRead(this.#pool.device, staging);
        const id = new Uint32Array(bytes)[0];
        staging.unmap();
        this.#free.push(staging);
        return id;
      },
    };
  }
}
