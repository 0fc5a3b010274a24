// ByteSource: random access to the bytes of one model file, wherever they live (network, IndexedDB, Blob, disk).
// Knows nothing of formats. Implementations live in src/store (browser) and src/cli (Node).

import { EngineError } from '../errors.ts';

/** Random access to a file of known size. Reads may be concurrent. */
export interface ByteSource {
  /** For messages: URL or file name. */
  readonly name: string;
  readonly sizeBytes: number;
  /**
   * Reads exactly `lengthBytes` bytes at `offsetBytes`.
   * @returns a fresh or shared view; callers must not modify it, and must copy what they keep
   * @throws EngineError 'bad-file' when the range exceeds the file, 'network', 'integrity', 'storage'
   */
  read(offsetBytes: number, lengthBytes: number, signal?: AbortSignal): Promise<Uint8Array>;
}

/** A ByteSource over bytes in memory: for tests, small files and drag-and-drop. */
export class MemorySource implements ByteSource {
  readonly name: string;
  readonly #bytes: Uint8Array;

  constructor(name: string, bytes: Uint8Array) {
    this.name = name;
    this.#bytes = bytes;
  }

  get sizeBytes(): number {
    return this.#bytes.byteLength;
  }

  async read(offsetBytes: number, lengthBytes: number): Promise<Uint8Array> {
    checkRange(this, offsetBytes, lengthBytes);
    return this.#bytes.subarray(offsetBytes, offsetBytes + lengthBytes);
  }
}

/**
 * Checks a read against the size of the file.
 * @throws EngineError 'bad-file' when any byte of the range lies outside
 */
export function checkRange(source: ByteSource, offsetBytes: number, lengthBytes: number): void {
  const inside =
    Number.isSafeInteger(offsetBytes) &&
    Number.isSafeInteger(lengthBytes) &&
    offsetBytes >= 0 &&
    lengthBytes >= 0;
  if (!inside || offsetBytes + lengthBytes > source.sizeBytes) {
    throw new EngineError(
      'bad-file',
      `Read of ${lengthBytes} bytes at offset ${offsetBytes} leaves ${source.name}, which has ${source.sizeBytes} bytes. The file is truncated or damaged; download it again.`,
      { details: { file: source.name, offset: offsetBytes, length: lengthBytes, size: source.sizeBytes } },
    );
  }
}
