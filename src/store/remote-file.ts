// A file on a web server as chunks: by ranges, or, when the server ignores them, by one stream cut in order.
// Keeps no chunk; who wants to keep them passes `onPassing`.

import { EngineError } from '../errors.ts';
import { BodyCutter } from './body-reader.ts';
import { chunkCount, chunkLength } from './chunk-store.ts';
import { type Fetch, type RangeReply, requestRange, requestWhole, type Validators } from './http-ranges.ts';
import { type RetryOptions, withRetry } from './retry.ts';

/** What a RemoteFile needs to know. */
export interface RemoteFileOptions {
  readonly url: string;
  readonly chunkBytes: number;
  /** Null: unknown until the first answer. */
  readonly sizeBytes: number | null;
  /** Validators that every answer must agree with; null: those of the first answer. */
  readonly validators: Validators | null;
  /** False when chunk hashes prove the identity better: some CDNs give each edge its own ETag. */
  readonly compareValidators: boolean;
  readonly fetch: Fetch;
  readonly signal: AbortSignal;
  readonly retry?: RetryOptions;
  /** Bytes received so far of a chunk that is on its way; starts again at 0 when it is tried again. */
  readonly onReceived?: (index: number, receivedBytes: number) => void;
  /** A chunk that went by in a stream on the way to the wanted one. The stream waits for the promise. */
  readonly onPassing?: (index: number, bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
}

/** One file on a server. Requests are made only by `fetchChunk`; aborting the signal ends them all. */
export class RemoteFile {
  readonly #options: RemoteFileOptions;
  #sizeBytes: number | null;
  #validators: Validators | null;
  /** How the server answers; unknown until the first answer. */
  #mode: 'unknown' | 'ranges' | 'stream' = 'unknown';
  #firstAnswer: Promise<void> | null = null;
  #stream: { readonly cutter: BodyCutter; next: number } | null = null;
  #streamQueue: Promise<unknown> = Promise.resolve();

  constructor(options: RemoteFileOptions) {
    this.#options = options;
    this.#sizeBytes = options.sizeBytes;
    this.#validators = options.validators;
  }

  /** Size in bytes; null before the first answer when it was not given. */
  get sizeBytes(): number | null {
    return this.#sizeBytes;
  }

  /** Validators of this version of the file; null before the first answer when none were given. */
  get validators(): Validators | null {
    return this.#validators;
  }

  /**
   * Downloads chunk `index`, with retries. Concurrent calls are fine; in stream mode they wait for each other.
   * @returns the chunk in a buffer of its own
   * @throws EngineError 'network'; EngineError 'integrity' with details.changed = true when the file on the server is
   *   another version than the one before; the signal's reason
   */
  async fetchChunk(index: number): Promise<Uint8Array<ArrayBuffer>> {
    // Only one request while the mode is unknown: a server without ranges would send the whole file for each.
    while (this.#mode === 'unknown' && this.#firstAnswer !== null) await this.#firstAnswer;
    if (this.#mode === 'stream') return this.#fromStream(index);
    const reply = this.#request(index);
    if (this.#mode !== 'unknown') return this.#take(await reply, index);
    this.#firstAnswer = reply.then(
      () => {},
      () => {
        this.#firstAnswer = null;
      },
    );
    return this.#take(await reply, index);
  }

  /** Ends a stream that is open; a later fetchChunk opens a new one. */
  close(): void {
    this.#stream?.cutter.cancel();
    this.#stream = null;
  }

  async #request(index: number): Promise<RangeReply> {
    const { url, fetch, signal, chunkBytes, retry } = this.#options;
    const lengthBytes =
      this.#sizeBytes === null ? chunkBytes : chunkLength(index, this.#sizeBytes, chunkBytes);
    const reply = await withRetry(
      () =>
        requestRange({
          url,
          offsetBytes: index * chunkBytes,
          lengthBytes,
          fetch,
          signal,
          onReceived: (bytes) => this.#options.onReceived?.(index, bytes),
        }),
      { ...retry, signal },
    );
    try {
      this.#agree(reply);
    } catch (error) {
      if (reply.kind === 'whole') reply.body.cancel().catch(() => {});
      throw error;
    }
    this.#mode = reply.kind === 'range' ? 'ranges' : 'stream';
    if (reply.kind === 'whole') this.#openStream(reply.body);
    return reply;
  }

  #take(reply: RangeReply, index: number): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
    return reply.kind === 'range' ? reply.bytes : this.#fromStream(index);
  }

  #openStream(body: ReadableStream<Uint8Array<ArrayBuffer>>): void {
    this.close();
    const { url, signal } = this.#options;
    const onReceived = (bytes: number) => {
      if (this.#stream) this.#options.onReceived?.(this.#stream.next, bytes);
    };
    this.#stream = { cutter: new BodyCutter(body, { url, signal, onReceived }), next: 0 };
  }

  #fromStream(index: number): Promise<Uint8Array<ArrayBuffer>> {
    const { signal, retry } = this.#options;
    const turn = this.#streamQueue.then(() => withRetry(() => this.#advance(index), { ...retry, signal }));
    this.#streamQueue = turn.catch(() => {});
    return turn;
  }

  /** Reads the stream up to and including chunk `index`; starts it again when the chunk has already gone by. */
  async #advance(index: number): Promise<Uint8Array<ArrayBuffer>> {
    const { url, fetch, signal, chunkBytes } = this.#options;
    if (this.#stream === null || this.#stream.next > index) {
      const reply = await requestWhole(fetch, url, signal);
      this.#agree(reply);
      this.#openStream(reply.body);
    }
    const stream = this.#stream;
    if (stream === null || this.#sizeBytes === null) throw sizeUnknown(url);
    try {
      for (;;) {
        const bytes = await stream.cutter.next(chunkLength(stream.next, this.#sizeBytes, chunkBytes));
        const read = stream.next++;
        if (stream.next === chunkCount(this.#sizeBytes, chunkBytes)) await stream.cutter.expectEnd();
        if (read === index) return bytes;
        await this.#options.onPassing?.(read, bytes);
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Learns size and validators from the first answer and holds the later ones against them. */
  #agree(reply: { readonly totalBytes: number | null; readonly validators: Validators }): void {
    const { url, compareValidators } = this.#options;
    const known = this.#validators;
    const changed =
      (reply.totalBytes !== null && this.#sizeBytes !== null && reply.totalBytes !== this.#sizeBytes) ||
      (compareValidators && known !== null && differ(known, reply.validators));
    if (changed) throw fileChanged(url, this.#sizeBytes, reply.totalBytes);
    this.#sizeBytes ??= reply.totalBytes;
    if (this.#sizeBytes === null) throw sizeUnknown(url);
    this.#validators ??= reply.validators;
  }
}

function differ(a: Validators, b: Validators): boolean {
  // A weak and a strong ETag of the same text: a proxy weakened it, for example by compressing.
  const text = (etag: string) => etag.replace(/^W\//, '');
  if (a.etag !== null && b.etag !== null) return text(a.etag) !== text(b.etag);
  return a.lastModified !== null && b.lastModified !== null && a.lastModified !== b.lastModified;
}

/** The error of a file that is not the version that was there before. */
export function fileChanged(url: string, beforeBytes: number | null, nowBytes: number | null): EngineError {
  return new EngineError(
    'integrity',
    `The file ${url} on the server is not the expected version (size ${nowBytes ?? 'unknown'}, ` +
      `expected ${beforeBytes ?? 'unknown'} bytes, or another ETag). Load it again; ` +
      'if that does not help, the manifest does not fit the file.',
    { details: { url, changed: true, expectedBytes: beforeBytes, observedBytes: nowBytes } },
  );
}

/** Whether an error says that the file on the server is another version than expected. */
export function isFileChanged(error: unknown): boolean {
  return error instanceof EngineError && error.details.changed === true;
}

function sizeUnknown(url: string): EngineError {
  return new EngineError(
    'network',
    `The server does not say how large ${url} is. Expected a Content-Range or Content-Length header; ` +
      'on another origin, add "Access-Control-Expose-Headers: Content-Range, ETag", or use a manifest with sizeBytes.',
    { details: { url } },
  );
}
