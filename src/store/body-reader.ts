// Reads bodies of HTTP answers into buffers of known size. A connection that stalls is an error, not a hang.

import { EngineError } from '../errors.ts';
import { TransientFailure } from './retry.ts';

/** A server that sends nothing for this long is taken for dead; slow networks still send something in this time. */
const STALL_MS = 30_000;

/** What the readers report and obey. */
export interface BodyOptions {
  /** For messages. */
  readonly url: string;
  readonly signal?: AbortSignal;
  /** Called with the bytes of the current buffer received so far. */
  readonly onReceived?: (receivedBytes: number) => void;
  /** Default 30 seconds. */
  readonly stallMs?: number;
}

/**
 * Reads a body that must have exactly `lengthBytes` bytes.
 * @throws TransientFailure around 'network' when it is shorter, breaks off or stalls; EngineError 'network' when it is
 *   longer; the signal's reason when it aborts. The body is cancelled in every case of failure.
 */
export async function readExactly(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  lengthBytes: number,
  options: BodyOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const cutter = new BodyCutter(body, options);
  try {
    const bytes = await cutter.next(lengthBytes);
    await cutter.expectEnd();
    return bytes;
  } catch (error) {
    cutter.cancel();
    throw error;
  }
}

/** Cuts one body into consecutive buffers. One call at a time. */
export class BodyCutter {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #options: BodyOptions;
  /** Received but not handed out yet. */
  #rest: Uint8Array<ArrayBuffer> | null = null;

  constructor(body: ReadableStream<Uint8Array<ArrayBuffer>>, options: BodyOptions) {
    this.#reader = body.getReader();
    this.#options = options;
  }

  /**
   * @returns the next `lengthBytes` bytes in a buffer of their own
   * @throws TransientFailure around 'network' when the body ends before; as `readExactly`
   */
  async next(lengthBytes: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(lengthBytes);
    let filled = 0;
    while (filled < lengthBytes) {
      const piece = this.#rest ?? (await this.#pull());
      if (piece === null) throw this.#failure(`the body ended after ${filled} of ${lengthBytes} bytes`);
      const taken = piece.subarray(0, lengthBytes - filled);
      bytes.set(taken, filled);
      filled += taken.byteLength;
      this.#rest = taken.byteLength < piece.byteLength ? piece.subarray(taken.byteLength) : null;
      this.#options.onReceived?.(filled);
    }
    return bytes;
  }

  /** @throws EngineError 'network' when more bytes follow */
  async expectEnd(): Promise<void> {
    let piece = this.#rest ?? (await this.#pull());
    while (piece !== null && piece.byteLength === 0) piece = await this.#pull();
    if (piece === null) return;
    const { url } = this.#options;
    throw new EngineError(
      'network',
      `The answer for ${url} has more bytes than announced. The server is faulty.`,
      {
        details: { url },
      },
    );
  }

  /**
   * @returns everything that is left, or null (with the transfer stopped) when it is more than `maxBytes`
   * @throws as `next`
   */
  async rest(maxBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    let sum = 0;
    for (let piece = this.#rest ?? (await this.#pull()); piece !== null; piece = await this.#pull()) {
      sum += piece.byteLength;
      if (sum > maxBytes) {
        this.cancel();
        return null;
      }
      pieces.push(piece);
    }
    this.#rest = null;
    return new Uint8Array(await new Blob(pieces).arrayBuffer());
  }

  /** Stops the transfer; the cutter is of no use afterwards. */
  cancel(): void {
    this.#rest = null;
    this.#reader.cancel().catch(() => {});
  }

  async #pull(): Promise<Uint8Array<ArrayBuffer> | null> {
    const { signal } = this.#options;
    signal?.throwIfAborted();
    const stallMs = this.#options.stallMs ?? STALL_MS;
    let stop: () => void = () => {};
    const interrupted = new Promise<never>((_, reject) => {
      const timer = setTimeout(() => reject(this.#failure(`nothing arrived for ${stallMs} ms`)), stallMs);
      const abort = () => reject(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      stop = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      };
    });
    try {
      const result = await Promise.race([this.#reader.read(), interrupted]);
      return result.done ? null : result.value;
    } catch (cause) {
      signal?.throwIfAborted();
      throw cause instanceof TransientFailure ? cause : this.#failure('the connection broke', cause);
    } finally {
      stop();
    }
  }

  #failure(what: string, cause?: unknown): TransientFailure {
    const { url } = this.#options;
    const message = `Download of ${url} failed: ${what}. Check the connection and try again.`;
    return new TransientFailure(new EngineError('network', message, { details: { url }, cause }));
  }
}
