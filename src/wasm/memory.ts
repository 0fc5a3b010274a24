// Pieces of one WebAssembly memory: buffers lie side by side in it, and what is freed is used again.
import { EngineError } from '../errors.ts';

/** A WebAssembly page in bytes. */
const PAGE_BYTES = 65536;
/** Most pages of a memory with 32-bit addresses. */
const MAX_PAGES = 65536;
/** Where pieces begin: behind a page of the compiler's constants and 16 of scratch (shaders/common/wasm/scratch.as.ts). */
const FIRST_ADDRESS = 17 * PAGE_BYTES;
/** Every piece begins at a multiple, a line of the processor's cache. */
const ALIGNMENT = 64;
/** The memory grows by at least this much, since the browser may copy all of it. */
const LEAST_GROWTH_PAGES = 256;

interface Gap {
  start: number;
  end: number;
}

/** Hands out pieces of a memory, first fit. One per device. */
export class WasmMemory {
  readonly memory: WebAssembly.Memory;
  /** Free pieces by address; neighbours are joined. */
  readonly #gaps: Gap[] = [];
  #end = FIRST_ADDRESS;

  /** @param shared whether threads shall see it; @throws RangeError where the browser does not give a shared one */
  constructor(shared = false) {
    const initial = FIRST_ADDRESS / PAGE_BYTES;
    this.memory = new WebAssembly.Memory({ initial, maximum: MAX_PAGES, shared });
  }

  /**
   * A zero-filled piece.
   * @returns its address in bytes, a multiple of 64
   * @throws EngineError 'out-of-memory'
   */
  allocate(sizeBytes: number): number {
    const size = roundUp(sizeBytes);
    const gap = this.#gaps.find(({ start, end }) => end - start >= size) ?? this.#grow(size);
    const address = gap.start;
    gap.start += size;
    if (gap.start === gap.end) this.#gaps.splice(this.#gaps.indexOf(gap), 1);
    new Uint8Array(this.memory.buffer, address, size).fill(0);
    return address;
  }

  /** Gives a piece back. @param sizeBytes as it was allocated */
  free(address: number, sizeBytes: number): void {
    this.#addGap(address, address + roundUp(sizeBytes));
  }

  #grow(size: number): Gap {
    const last = this.#gaps.at(-1);
    const start = last?.end === this.#end ? last.start : this.#end;
    const have = this.memory.buffer.byteLength / PAGE_BYTES;
    const need = Math.ceil((start + size) / PAGE_BYTES);
    const pages = Math.min(Math.max(need, have + LEAST_GROWTH_PAGES), MAX_PAGES);
    try {
      if (need > MAX_PAGES) throw new RangeError('past the largest address');
      this.memory.grow(pages - have);
    } catch (cause) {
      throw new EngineError(
        'out-of-memory',
        `${size} more bytes of WebAssembly memory are needed; ${this.#end} are in use and the browser allows no more. Use a smaller context or a smaller model.`,
        { cause, details: { need: size, have: this.#end } },
      );
    }
    this.#addGap(this.#end, pages * PAGE_BYTES);
    this.#end = pages * PAGE_BYTES;
    return this.#gaps[this.#gaps.length - 1];
  }

  #addGap(start: number, end: number): void {
    const at = this.#gaps.findIndex((gap) => gap.start >= end);
    const index = at === -1 ? this.#gaps.length : at;
    const before = this.#gaps[index - 1];
    const after = this.#gaps[index];
    const joinsBefore = before?.end === start;
    const joinsAfter = after?.start === end;
    if (joinsBefore && joinsAfter) {
      before.end = after.end;
      this.#gaps.splice(index, 1);
    } else if (joinsBefore) before.end = end;
    else if (joinsAfter) after.start = start;
    else this.#gaps.splice(index, 0, { start, end });
  }
}

function roundUp(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / ALIGNMENT)) * ALIGNMENT;
}
