// ByteSink: where a writer puts the bytes of one file, in order. Implementations live in src/cli (Node) and in tests.

/** Takes the bytes of a file in order. */
export interface ByteSink {
  /**
   * Appends bytes; resolves when the sink is ready for more.
   * @param bytes may be reused by the caller once the promise has resolved
   */
  write(bytes: Uint8Array): Promise<void>;
}

/** A ByteSink that keeps everything in memory: for tests and small files. */
export class MemorySink implements ByteSink {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  async write(bytes: Uint8Array): Promise<void> {
    this.#parts.push(bytes.slice());
    this.#length += bytes.byteLength;
  }

  /** Everything written so far, as one array. */
  bytes(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.byteLength;
    }
    return whole;
  }
}
