// Counts how much of a file has been read, chunk by chunk, for progress. A chunk counts once, however often it is read.

/** Bytes of a file that were read so far, and how many of them came from the local store. */
export interface ByteCount {
  readonly loadedBytes: number;
  readonly cachedBytes: number;
}

/** Sums up finished chunks and those on their way. */
export class ByteCounter {
  readonly #report: (count: ByteCount) => void;
  readonly #done = new Set<number>();
  readonly #partial = new Map<number, number>();
  #doneBytes = 0;
  #cachedBytes = 0;

  /** @param report called after every change with sums that never count a byte twice */
  constructor(report: (count: ByteCount) => void) {
    this.#report = report;
  }

  /** A chunk is on its way: `receivedBytes` of it are here (0 when it starts again). */
  receiving(index: number, receivedBytes: number): void {
    if (this.#done.has(index)) return;
    this.#partial.set(index, receivedBytes);
    this.#emit();
  }

  /** A chunk is here and verified. */
  finished(index: number, lengthBytes: number, cached: boolean): void {
    if (this.#done.has(index)) return;
    this.#done.add(index);
    this.#partial.delete(index);
    this.#doneBytes += lengthBytes;
    if (cached) this.#cachedBytes += lengthBytes;
    this.#emit();
  }

  /** A chunk will not come. */
  failed(index: number): void {
    if (this.#partial.delete(index)) this.#emit();
  }

  #emit(): void {
    let loadedBytes = this.#doneBytes;
    for (const bytes of this.#partial.values()) loadedBytes += bytes;
    this.#report({ loadedBytes, cachedBytes: this.#cachedBytes });
  }
}
