// Reads chosen ids some tokens behind, several at a time: a read-back costs a round trip to the GPU process.
import { RING_SIZE } from '../../shaders/advance/kernel.ts';
import type { BufferPool } from '../gpu/buffers.ts';
import { mapForRead } from '../gpu/readback.ts';
import { MAX_READ_BATCH, MAX_READS_IN_FLIGHT } from './read-batch.ts';

/** Staging buffers for ids in flight, made at once. They belong to the pool. */
export class IdReader {
  readonly #pool: BufferPool;
  readonly #ring: GPUBuffer;
  readonly #free: GPUBuffer[];
  readonly #width: number;

  /**
   * @param ring [RING_SIZE, width] u32
   * @param width ids of a step. Default 1
   */
  constructor(pool: BufferPool, ring: GPUBuffer, width = 1) {
    this.#width = width;
    this.#pool = pool;
    this.#ring = ring;
    this.#free = Array.from({ length: MAX_READS_IN_FLIGHT }, () => this.#createStaging());
  }

  /**
   * Encodes the copy of the ids of consecutive steps. Call `receive` after the submit, once.
   * @param firstStep 0 for the first token of a generation
   * @param count steps, 1 to MAX_READ_BATCH
   * @returns `receive`: the ids, `width` per step
   */
  encode(
    encoder: GPUCommandEncoder,
    firstStep: number,
    count: number,
  ): { receive(): Promise<readonly number[]> } {
    const staging = this.#free.pop() ?? this.#createStaging();
    const stepBytes = this.#width * 4;
    const start = firstStep % RING_SIZE;
    // Up to the end of the ring, then what is left from its beginning.
    const untilEnd = Math.min(count, RING_SIZE - start);
    encoder.copyBufferToBuffer(this.#ring, start * stepBytes, staging, 0, untilEnd * stepBytes);
    if (untilEnd < count) {
      encoder.copyBufferToBuffer(
        this.#ring,
        0,
        staging,
        untilEnd * stepBytes,
        (count - untilEnd) * stepBytes,
      );
    }
    return {
      receive: async () => {
        const bytes = await mapForRead(this.#pool.device, staging);
        const ids = [...new Uint32Array(bytes, 0, count * this.#width)];
        staging.unmap();
        this.#free.push(staging);
        return ids;
      },
    };
  }

  #createStaging(): GPUBuffer {
    return this.#pool.staging('chosen ids', MAX_READ_BATCH * this.#width * 4);
  }
}
