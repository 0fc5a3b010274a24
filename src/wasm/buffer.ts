// A buffer of the WebAssembly device: a piece of its memory with the methods of a GPUBuffer that the engine calls.

import type { WasmMemory } from './memory.ts';
import { nextTurn } from './next-turn.ts';

/** Bytes of the device's memory. */
export class WasmBuffer {
  readonly label: string;
  readonly size: number;
  /** Where it begins in the memory. */
  readonly address: number;
  readonly #memory: WasmMemory;
  #destroyed = false;

  /** @throws EngineError 'out-of-memory' */
  constructor(memory: WasmMemory, { label = '', size }: GPUBufferDescriptor) {
    this.label = label;
    this.size = size;
    this.#memory = memory;
    this.address = memory.allocate(size);
  }

  /** The bytes. Invalid after the next buffer is made, since the memory may have grown. */
  bytes(): Uint8Array {
    return new Uint8Array(this.#memory.memory.buffer, this.address, this.size);
  }

  /** Everything submitted is done; this only lets other messages of the thread come in between. */
  async mapAsync(): Promise<undefined> {
    await nextTurn();
    return undefined;
  }

  /** A copy: the engine maps for reading only. */
  getMappedRange(offset = 0, size: number = this.size - offset): ArrayBuffer {
    // slice() of shared memory is not shared.
    return this.bytes().slice(offset, offset + size).buffer as ArrayBuffer;
  }

  /** Nothing to do: what was mapped is a copy. */
  unmap(): void {}

  /** Gives the bytes back. May be called twice. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#memory.free(this.address, this.size);
  }
}
