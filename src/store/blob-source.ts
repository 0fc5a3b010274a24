// A model file that the person picked or dropped: read in place, nothing is stored.

import { EngineError } from '../errors.ts';
import { type ByteSource, checkRange } from '../util/byte-source.ts';
import type { ByteCount } from './byte-counter.ts';

/** A ByteSource over a Blob or File. Holds no bytes itself. */
export class BlobSource implements ByteSource {
  readonly name: string;
  readonly #blob: Blob;
  readonly #onBytes: ((count: ByteCount) => void) | undefined;
  /** End of what was read so far: enough for progress, since loaders read forward. */
  #furthestBytes = 0;

  /** @param onBytes called after each read; nothing of a Blob counts as cached */
  constructor(blob: Blob, onBytes?: (count: ByteCount) => void) {
    this.name = blob instanceof File && blob.name !== '' ? blob.name : 'model file';
    this.#blob = blob;
    this.#onBytes = onBytes;
  }

  get sizeBytes(): number {
    return this.#blob.size;
  }

  async read(offsetBytes: number, lengthBytes: number, signal?: AbortSignal): Promise<Uint8Array> {
    checkRange(this, offsetBytes, lengthBytes);
    signal?.throwIfAborted();
    const endBytes = offsetBytes + lengthBytes;
    let buffer: ArrayBuffer;
    try {
      buffer = await this.#blob.slice(offsetBytes, endBytes).arrayBuffer();
    } catch (cause) {
      throw new EngineError(
        'bad-file',
        `Reading ${lengthBytes} bytes at offset ${offsetBytes} of ${this.name} failed. ` +
          'The file was moved or changed on disk; pick it again.',
        { details: { file: this.name, offset: offsetBytes, length: lengthBytes }, cause },
      );
    }
    signal?.throwIfAborted();
    this.#furthestBytes = Math.max(this.#furthestBytes, endBytes);
    this.#onBytes?.({ loadedBytes: this.#furthestBytes, cachedBytes: 0 });
    return new Uint8Array(buffer);
  }
}
