// A few chunks in memory, shared between concurrent readers. Knows nothing of where chunks come from.

/** How many chunks are fetched ahead of a sequential reader: one to hide the latency, one to hide the hashing. */
export const PREFETCH_CHUNKS = 2;

/** How many chunks are in memory or on their way at once: the one being read and those ahead. */
export const CHUNK_WINDOW = 1 + PREFETCH_CHUNKS;

/**
 * Keeps the last chunks that were asked for. At most CHUNK_WINDOW loads run at once, further ones wait in order;
 * settled chunks are dropped, oldest first, as soon as more than CHUNK_WINDOW would be held.
 */
export class ChunkCache {
  readonly #load: (index: number) => Promise<Uint8Array>;
  /** In order of use, oldest first. */
  readonly #entries = new Map<number, { readonly chunk: Promise<Uint8Array>; settled: boolean }>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(load: (index: number) => Promise<Uint8Array>) {
    this.#load = load;
  }

  /** @returns the chunk; callers of the same index share one load. A failed load is forgotten, to be tried again. */
  get(index: number): Promise<Uint8Array> {
    const known = this.#entries.get(index);
    if (known) {
      this.#entries.delete(index);
      this.#entries.set(index, known);
      return known.chunk;
    }
    const entry = { chunk: this.#start(index), settled: false };
    this.#entries.set(index, entry);
    entry.chunk.then(
      () => {
        entry.settled = true;
        this.#trim();
      },
      () => {
        if (this.#entries.get(index) === entry) this.#entries.delete(index);
      },
    );
    this.#trim();
    return entry.chunk;
  }

  /** Starts loading a chunk that will probably be wanted, if nothing else would have to wait for it. */
  prefetch(index: number): void {
    if (this.#running >= CHUNK_WINDOW || this.#entries.has(index)) return;
    // The reader that comes for it reports the failure.
    this.get(index).catch(() => {});
  }

  /** Forgets all chunks. Loads that run go on, but nothing is kept. */
  clear(): void {
    this.#entries.clear();
  }

  async #start(index: number): Promise<Uint8Array> {
    if (this.#running >= CHUNK_WINDOW) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await this.#load(index);
    } finally {
      // Hands its place to the next one that waits.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }

  #trim(): void {
    for (const [index, entry] of this.#entries) {
      if (this.#entries.size <= CHUNK_WINDOW) return;
      if (entry.settled) this.#entries.delete(index);
    }
  }
}
