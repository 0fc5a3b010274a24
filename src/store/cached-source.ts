// A model file on the web, read through the local store: stored chunks are verified, missing ones downloaded and stored.
// Verification is per chunk. The manifest's SHA-256 of the whole file is only compared as the name of a version: each
// chunk is hashed when it arrives and again at every later read, and checked against `chunkSha256` where that is given.

import { EngineError } from '../errors.ts';
import { abortable } from '../util/abortable.ts';
import { type ByteSource, checkRange } from '../util/byte-source.ts';
import { type ByteCount, ByteCounter } from './byte-counter.ts';
import { ChunkCache, PREFETCH_CHUNKS } from './chunk-cache.ts';
import { chunkCount, type ModelRecord } from './chunk-store.ts';
import type { Fetch } from './http-ranges.ts';
import { fileChanged, isFileChanged, RemoteFile } from './remote-file.ts';
import type { RetryOptions } from './retry.ts';
import { sha256Hex } from './sha256.ts';
import { StoredFile, type StoredFileOptions, type WantedFile } from './stored-file.ts';

/**
 * Chunk size in bytes when no manifest gives one: 4 MiB. Large enough that request latency (about 100 ms) is small
 * beside the transfer at 20 MB/s and that a 1 GB model is 250 records; small enough that an interrupted load loses
 * little, and that the chunks held at once, their clones on the way into IndexedDB included, stay below 32 MiB.
 */
export const CHUNK_BYTES = 4 * 1024 * 1024;

/** What the manifest says of the file. */
export interface ExpectedFile extends WantedFile {
  /** One lower-case hex SHA-256 per chunk of `chunkBytes`; null without. */
  readonly chunkSha256: readonly string[] | null;
}

/** Options of `openCachedSource`. */
export interface CachedSourceOptions extends StoredFileOptions {
  // url: absolute, without fragment; also the key in the store. store: null means network only.
  // manifest: kept in the model record, so that a later visit needs no network for it.
  // onStorageWarning: called at most once, when the store fails; the load goes on without it.
  readonly expected?: ExpectedFile;
  /** Chunk size without manifest. Default CHUNK_BYTES. */
  readonly chunkBytes?: number;
  /** Ends every request and read of this source, at any time. */
  readonly signal?: AbortSignal;
  /** Called on every piece that arrives: often. */
  readonly onBytes?: (count: ByteCount) => void;
  /** Default `globalThis.fetch`. */
  readonly fetch?: Fetch;
  readonly retry?: RetryOptions;
}

/**
 * Opens a file for reading through the store. A complete stored model causes no request, now or later; an incomplete
 * one is checked against the server (size, ETag, Last-Modified) before any of its chunks is used, unless the manifest
 * has chunk hashes. A version that changed on the server replaces the stored one. The caller disposes the source.
 * @throws EngineError 'network' (details.storedBytes: how much is stored), 'integrity'; the signal's reason
 */
export async function openCachedSource(options: CachedSourceOptions): Promise<CachedSource> {
  const stored = await StoredFile.open(options);
  const wasStored = stored.record !== null;
  try {
    return await prepared(new CachedSource(options, stored));
  } catch (error) {
    if (!isFileChanged(error) || !wasStored) throw error;
  }
  // The stored version was outdated and is removed now.
  return await prepared(new CachedSource(options, await StoredFile.open(options)));
}

async function prepared(source: CachedSource): Promise<CachedSource> {
  try {
    await source.prepare();
    return source;
  } catch (error) {
    source.dispose();
    throw error;
  }
}

/** See `openCachedSource`, which makes it. Reads may be concurrent. */
export class CachedSource implements ByteSource {
  readonly name: string;
  readonly #options: CachedSourceOptions;
  readonly #stored: StoredFile;
  readonly #remote: RemoteFile;
  readonly #cache: ChunkCache;
  readonly #counter: ByteCounter;
  readonly #life = new AbortController();
  readonly #signal: AbortSignal;
  readonly #chunkBytes: number;
  #lastIndex = -1;

  /** Use `openCachedSource`. */
  constructor(options: CachedSourceOptions, stored: StoredFile) {
    const { url, expected, signal } = options;
    const { record } = stored;
    this.#options = options;
    this.#stored = stored;
    this.name = url;
    this.#signal = signal ? AbortSignal.any([this.#life.signal, signal]) : this.#life.signal;
    this.#chunkBytes = record?.chunkBytes ?? expected?.chunkBytes ?? options.chunkBytes ?? CHUNK_BYTES;
    this.#counter = new ByteCounter((count) => options.onBytes?.(count));
    this.#cache = new ChunkCache((index) => this.#load(index));
    this.#remote = new RemoteFile({
      url,
      chunkBytes: this.#chunkBytes,
      sizeBytes: record?.sizeBytes ?? expected?.sizeBytes ?? null,
      validators: validatorsOf(record),
      compareValidators: !expected?.chunkSha256,
      fetch: options.fetch ?? ((target, init) => globalThis.fetch(target, init)),
      signal: this.#signal,
      retry: options.retry,
      onReceived: (index, bytes) => {
        if (!this.#stored.has(index)) this.#counter.receiving(index, bytes);
      },
      onPassing: (index, bytes) => this.#keepPassing(index, bytes),
    });
  }

  get sizeBytes(): number {
    return this.#remote.sizeBytes ?? 0;
  }

  /** @throws as ByteSource.read, and the signal's reason; AbortError after `dispose` */
  async read(offsetBytes: number, lengthBytes: number, signal?: AbortSignal): Promise<Uint8Array> {
    checkRange(this, offsetBytes, lengthBytes);
    if (lengthBytes === 0) return new Uint8Array(0);
    const endBytes = offsetBytes + lengthBytes;
    const first = Math.floor(offsetBytes / this.#chunkBytes);
    const last = Math.floor((endBytes - 1) / this.#chunkBytes);
    const firstStart = first * this.#chunkBytes;
    if (first === last) {
      const chunk = await this.#chunk(first, signal);
      return chunk.subarray(offsetBytes - firstStart, endBytes - firstStart);
    }
    const bytes = new Uint8Array(lengthBytes);
    for (let index = first; index <= last; index++) {
      const chunk = await this.#chunk(index, signal);
      const chunkStart = index * this.#chunkBytes;
      const from = Math.max(offsetBytes, chunkStart);
      const to = Math.min(endBytes, chunkStart + chunk.byteLength);
      bytes.set(chunk.subarray(from - chunkStart, to - chunkStart), from - offsetBytes);
    }
    return bytes;
  }

  /** Ends all requests and forgets the chunks in memory; what is stored stays. Pending reads reject with AbortError. */
  dispose(): void {
    this.#life.abort();
    this.#remote.close();
    this.#cache.clear();
  }

  /** Learns the size, or makes sure that stored chunks are of the server's version; part of `openCachedSource`. */
  async prepare(): Promise<void> {
    if (this.#remote.sizeBytes === null) {
      await abortable(this.#cache.get(0), this.#signal);
    } else if (!this.#options.expected?.chunkSha256) {
      const missing = this.#stored.firstMissing();
      if (missing !== null) await abortable(this.#cache.get(missing), this.#signal);
    }
  }

  #chunk(index: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    if (signal?.aborted || this.#signal.aborted) {
      return Promise.reject(signal?.aborted ? signal.reason : this.#signal.reason);
    }
    const chunk = this.#cache.get(index);
    const sequential = index === this.#lastIndex || index === this.#lastIndex + 1;
    this.#lastIndex = index;
    const count = chunkCount(this.sizeBytes, this.#chunkBytes);
    for (let ahead = 1; sequential && ahead <= PREFETCH_CHUNKS && index + ahead < count; ahead++) {
      this.#cache.prefetch(index + ahead);
    }
    return abortable(chunk, signal, this.#signal);
  }

  async #load(index: number): Promise<Uint8Array> {
    this.#signal.throwIfAborted();
    const stored = await this.#stored.get(index, this.#expectedHash(index));
    if (stored.state === 'good') {
      this.#counter.finished(index, stored.bytes.byteLength, true);
      return stored.bytes;
    }
    try {
      // A damaged chunk without manifest hash: what comes now must be what was stored, or the file has changed.
      const wanted = this.#expectedHash(index) ?? (stored.state === 'damaged' ? stored.sha256 : null);
      const { bytes, sha256 } = await this.#download(index, wanted);
      await this.#keep(index, bytes, sha256);
      this.#counter.finished(index, bytes.byteLength, false);
      return bytes;
    } catch (error) {
      this.#counter.failed(index);
      if (isFileChanged(error)) await this.#stored.discard();
      throw this.#withStoredBytes(error);
    }
  }

  /** Downloads a chunk; when its hash is wrong, once more: a proxy or a flaky line may have damaged it. */
  async #download(index: number, wanted: string | null) {
    for (let attempt = 1; ; attempt++) {
      const bytes = await this.#remote.fetchChunk(index);
      const sha256 = await sha256Hex(bytes);
      if (wanted === null || sha256 === wanted) return { bytes, sha256 };
      if (attempt === 2) throw this.#wrongHash(index, sha256, wanted);
    }
  }

  async #keep(index: number, bytes: Uint8Array<ArrayBuffer>, sha256: string): Promise<void> {
    const { etag, lastModified } = this.#remote.validators ?? { etag: null, lastModified: null };
    const version = { sizeBytes: this.sizeBytes, chunkBytes: this.#chunkBytes, etag, lastModified };
    await this.#stored.put(index, bytes, sha256, version);
  }

  /** Keeps what goes by in a stream; wrong chunks are left to the read that asks for them. */
  async #keepPassing(index: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#stored.has(index)) return;
    const sha256 = await sha256Hex(bytes);
    if (sha256 !== (this.#expectedHash(index) ?? sha256)) return;
    await this.#keep(index, bytes, sha256);
    this.#counter.finished(index, bytes.byteLength, false);
  }

  #expectedHash(index: number): string | null {
    return this.#options.expected?.chunkSha256?.[index] ?? null;
  }

  #wrongHash(index: number, observed: string, wanted: string): EngineError {
    if (this.#expectedHash(index) === null) return fileChanged(this.name, this.sizeBytes, this.sizeBytes);
    const offset = index * this.#chunkBytes;
    return new EngineError(
      'integrity',
      `Chunk ${index} of ${this.name} (from byte ${offset}) has SHA-256 ${observed}, also when downloaded again; ` +
        `the manifest says ${wanted}. The file on the server does not fit its manifest.`,
      { details: { file: this.name, chunk: index, offset, observed, expected: wanted } },
    );
  }

  /** Adds to a network error how much of the model is stored: that is what a person without network wants to know. */
  #withStoredBytes(error: unknown): unknown {
    if (!(error instanceof EngineError) || error.code !== 'network') return error;
    const { storedBytes } = this.#stored;
    const { sizeBytes } = this;
    const known =
      storedBytes > 0
        ? ` ${storedBytes} of ${sizeBytes} bytes of the model are stored and will be used.`
        : '';
    const details = { ...error.details, storedBytes, sizeBytes };
    return new EngineError('network', error.message + known, { details, cause: error.cause });
  }
}

function validatorsOf(record: ModelRecord | null) {
  if (record === null || (record.etag === null && record.lastModified === null)) return null;
  return { etag: record.etag, lastModified: record.lastModified };
}
