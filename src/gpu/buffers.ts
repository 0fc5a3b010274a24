// Allocates labelled GPU buffers and counts their bytes by purpose. Disposing the pool frees them all.
import type { MemoryUse } from '../api/types.ts';
import { EngineError } from '../errors.ts';

/** What a buffer is for, in the memory report. */
export type BufferPurpose = 'weights' | 'kv-cache' | 'scratch';

/**
 * What a weight buffer holds, so that random weights can stand in for a file's: codes or floats of a device layout with
 * `columns` per row, the scales (f32) of such codes, or f32 of one value (gains: 1, biases: 0).
 */
export type WeightContent =
  | { readonly kind: 'codes' | 'scales'; readonly layout: string; readonly columns: number }
  | { readonly kind: 'constant'; readonly value: number };

// GPUBufferUsage and GPUMapMode are not defined in Node; these are the values of the WebGPU specification.
/** GPUBufferUsage flags. */
export const USAGE = {
  MAP_READ: 1,
  COPY_SRC: 4,
  COPY_DST: 8,
  UNIFORM: 64,
  STORAGE: 128,
  QUERY_RESOLVE: 512,
} as const;

/** Owns every buffer of one model, or of a part of it that goes earlier. Not for use after dispose(). */
export class BufferPool {
  readonly device: GPUDevice;
  readonly #purposes = new Map<GPUBuffer, BufferPurpose>();
  readonly #contents = new Map<GPUBuffer, WeightContent>();
  readonly #bytes: Record<BufferPurpose, number> = { weights: 0, 'kv-cache': 0, scratch: 0 };
  readonly #children = new Set<BufferPool>();
  #parent: BufferPool | null = null;

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /**
   * A zero-filled storage buffer, copyable both ways.
   * @param sizeBytes rounded up to 4
   * @throws EngineError 'out-of-memory' when the size exceeds the device's buffer or binding limit
   */
  storage(label: string, sizeBytes: number, purpose: BufferPurpose): GPUBuffer {
    const size = Math.max(16, Math.ceil(sizeBytes / 4) * 4);
    const limit = Math.min(this.device.limits.maxBufferSize, this.device.limits.maxStorageBufferBindingSize);
    if (size > limit) {
      throw new EngineError(
        'out-of-memory',
        `Buffer ${label} needs ${size} bytes; this device allows ${limit} in one binding. Use a smaller context or a smaller model.`,
        { details: { label, need: size, have: limit } },
      );
    }
    return this.#create({ label, size, usage: USAGE.STORAGE | USAGE.COPY_SRC | USAGE.COPY_DST }, purpose);
  }

  /** A storage buffer for weights. @throws as `storage` */
  weights(label: string, sizeBytes: number, content: WeightContent): GPUBuffer {
    const buffer = this.storage(label, sizeBytes, 'weights');
    this.#contents.set(buffer, content);
    return buffer;
  }

  /** Every weight buffer with what it holds; null where `storage` made it, so that nobody knows. */
  weightBuffers(): readonly { readonly buffer: GPUBuffer; readonly content: WeightContent | null }[] {
    return [...this.#purposes]
      .filter(([, purpose]) => purpose === 'weights')
      .map(([buffer]) => ({ buffer, content: this.#contents.get(buffer) ?? null }));
  }

  /** What a buffer of this pool is for; undefined for any other. */
  purposeOf(buffer: GPUBuffer): BufferPurpose | undefined {
    return this.#purposes.get(buffer);
  }

  /** A storage buffer with contents. */
  upload(label: string, data: ArrayBufferView, purpose: BufferPurpose): GPUBuffer {
    const buffer = this.storage(label, data.byteLength, purpose);
    this.device.queue.writeBuffer(buffer, 0, data.buffer, data.byteOffset, data.byteLength);
    return buffer;
  }

  /** A uniform buffer with contents (byte length a multiple of 16). */
  uniform(label: string, data: ArrayBuffer): GPUBuffer {
    const buffer = this.#create(
      { label, size: data.byteLength, usage: USAGE.UNIFORM | USAGE.COPY_DST },
      'scratch',
    );
    this.device.queue.writeBuffer(buffer, 0, data);
    return buffer;
  }

  /** A buffer that the CPU can map for reading. */
  staging(label: string, sizeBytes: number): GPUBuffer {
    return this.#create({ label, size: sizeBytes, usage: USAGE.MAP_READ | USAGE.COPY_DST }, 'scratch');
  }

  /** A pool for what may be freed before this one is; its bytes count here, and disposing this one disposes it. */
  createChild(): BufferPool {
    const child = new BufferPool(this.device);
    child.#parent = this;
    this.#children.add(child);
    return child;
  }

  /** Bytes allocated, by purpose, with those of children. */
  memory(): MemoryUse {
    const parts = [...this.#children].map((child) => child.memory());
    const sum = (own: number, bytesOf: (memory: MemoryUse) => number) =>
      parts.reduce((total, part) => total + bytesOf(part), own);
    return {
      weightsBytes: sum(this.#bytes.weights, (part) => part.weightsBytes),
      kvCacheBytes: sum(this.#bytes['kv-cache'], (part) => part.kvCacheBytes),
      scratchBytes: sum(this.#bytes.scratch, (part) => part.scratchBytes),
    };
  }

  /** Frees every buffer. May be called twice. */
  dispose(): void {
    for (const child of [...this.#children]) child.dispose();
    if (this.#parent !== null) this.#parent.#children.delete(this);
    for (const buffer of this.#purposes.keys()) buffer.destroy();
    this.#purposes.clear();
    this.#contents.clear();
  }

  #create(descriptor: GPUBufferDescriptor, purpose: BufferPurpose): GPUBuffer {
    const buffer = this.device.createBuffer(descriptor);
    this.#purposes.set(buffer, purpose);
    this.#bytes[purpose] += descriptor.size;
    return buffer;
  }
}
