// The stored part of one model file. A store that fails is reported once and then left alone: a load must not
// break because a disk is full or a window is private.

import { EngineError } from '../errors.ts';
import { type ChunkStore, chunkCount, chunkLength, type ModelRecord, revisionOf } from './chunk-store.ts';
import type { Validators } from './http-ranges.ts';
import { sha256Hex } from './sha256.ts';

/** What must agree for stored chunks to be of use; null: anything does. */
export interface WantedFile {
  /** Null: not known before the server answers. */
  readonly sizeBytes: number | null;
  readonly sha256: string | null;
  readonly chunkBytes: number | null;
}

/** Options of `StoredFile.open`. */
export interface StoredFileOptions {
  readonly url: string;
  readonly store: ChunkStore | null;
  readonly expected?: WantedFile;
  readonly manifest?: { readonly url: string; readonly text: string };
  readonly onStorageWarning?: (error: EngineError) => void;
}

/** A chunk as the store gave it, verified. `damaged`: it was there but wrong, and is removed now. */
export type StoredChunk =
  | { readonly state: 'good'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly state: 'absent' }
  | { readonly state: 'damaged'; readonly sha256: string };

/** The part of a file that is in the store, and the way to add to it. No method throws for a failing store. */
export class StoredFile {
  readonly #options: StoredFileOptions;
  readonly #present = new Set<number>();
  #store: ChunkStore | null;
  #record: ModelRecord | null = null;
  #recordWritten: Promise<string | null> | null = null;

  private constructor(options: StoredFileOptions) {
    this.#options = options;
    this.#store = options.store;
  }

  /** Looks the file up. A record of another version counts as absent; it is replaced by the first `put`. */
  static async open(options: StoredFileOptions): Promise<StoredFile> {
    const file = new StoredFile(options);
    await file.#attempt(async (store) => {
      const record = await store.getModel(options.url);
      if (!record || !fits(record, options.expected)) return;
      for (const index of await store.listChunks(record.key)) file.#present.add(index);
      const { manifest } = options;
      file.#record = {
        ...record,
        lastUsedMs: Date.now(),
        manifestUrl: manifest?.url ?? record.manifestUrl,
        manifestText: manifest?.text ?? record.manifestText,
      };
      file.#recordWritten = Promise.resolve(record.revision);
      // Only a note of the visit: a full disk must not keep a stored model from being read.
      await store.putModel(file.#record).catch(() => {});
    });
    return file;
  }

  /** The record of this version; null when nothing of it is stored. */
  get record(): ModelRecord | null {
    return this.#record;
  }

  /** Bytes that are stored, by the chunks that were present at the opening or were added since. */
  get storedBytes(): number {
    if (this.#record === null) return 0;
    const { sizeBytes, chunkBytes } = this.#record;
    let sum = 0;
    for (const index of this.#present) sum += chunkLength(index, sizeBytes, chunkBytes);
    return sum;
  }

  /** Whether a chunk was present at the opening or was added since. */
  has(index: number): boolean {
    return this.#present.has(index);
  }

  /** @returns the lowest index that is not stored, or null when the file is complete or wholly unknown */
  firstMissing(): number | null {
    if (this.#record === null) return null;
    const count = chunkCount(this.#record.sizeBytes, this.#record.chunkBytes);
    for (let index = 0; index < count; index++) if (!this.#present.has(index)) return index;
    return null;
  }

  /**
   * Reads a chunk and checks its length and its hash, and the manifest's hash when there is one.
   * @param expectedSha256 the manifest's hash; null: the one that was taken at the download decides
   */
  async get(index: number, expectedSha256: string | null): Promise<StoredChunk> {
    const record = this.#record;
    if (record === null) return { state: 'absent' };
    const chunk = await this.#attempt((store) => store.getChunk(record.key, index));
    if (!chunk) return { state: 'absent' };
    const good =
      chunk.bytes instanceof Uint8Array &&
      chunk.bytes.byteLength === chunkLength(index, record.sizeBytes, record.chunkBytes) &&
      (await sha256Hex(chunk.bytes)) === (expectedSha256 ?? chunk.sha256);
    if (good) return { state: 'good', bytes: chunk.bytes };
    this.#present.delete(index);
    await this.#attempt((store) => store.deleteChunk(record.key, index));
    return { state: 'damaged', sha256: expectedSha256 ?? chunk.sha256 };
  }

  /** Stores a verified chunk; the first one writes the model record before. */
  async put(index: number, bytes: Uint8Array<ArrayBuffer>, sha256: string, version: FileVersionSeen) {
    await this.#attempt(async (store) => {
      this.#recordWritten ??= this.#writeRecord(store, version);
      const revision = await this.#recordWritten;
      if (revision === null) return;
      await store.putChunk(this.#options.url, revision, index, { bytes, sha256 });
      this.#present.add(index);
    });
  }

  /** Removes the file from the store. */
  async discard(): Promise<void> {
    this.#record = null;
    this.#recordWritten = null;
    this.#present.clear();
    await this.#attempt((store) => store.deleteModel(this.#options.url));
  }

  async #writeRecord(store: ChunkStore, seen: FileVersionSeen): Promise<string | null> {
    const { url, expected, manifest } = this.#options;
    const version = { ...seen, sha256: expected?.sha256 ?? null };
    const now = Date.now();
    const record: ModelRecord = {
      key: url,
      url,
      ...version,
      revision: revisionOf(version),
      manifestUrl: manifest?.url ?? null,
      manifestText: manifest?.text ?? null,
      createdMs: now,
      lastUsedMs: now,
    };
    await store.putModel(record);
    this.#record = record;
    return record.revision;
  }

  /** Runs `body` while the store works; the first failure switches it off and is reported. */
  async #attempt<T>(body: (store: ChunkStore) => Promise<T>): Promise<T | undefined> {
    const store = this.#store;
    if (store === null) return undefined;
    try {
      return await body(store);
    } catch (cause) {
      const first = this.#store !== null;
      this.#store = null;
      if (first) this.#options.onStorageWarning?.(asStorageError(cause));
      return undefined;
    }
  }
}

/** Size, cut and validators of the version that is being downloaded. */
export interface FileVersionSeen extends Validators {
  readonly sizeBytes: number;
  readonly chunkBytes: number;
}

function fits(record: ModelRecord, wanted: WantedFile | undefined): boolean {
  if (!wanted) return true;
  return (
    (wanted.sizeBytes === null || record.sizeBytes === wanted.sizeBytes) &&
    (wanted.chunkBytes === null || record.chunkBytes === wanted.chunkBytes) &&
    (wanted.sha256 === null || record.sha256 === wanted.sha256)
  );
}

function asStorageError(cause: unknown): EngineError {
  if (cause instanceof EngineError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new EngineError('storage', `The model store failed: ${message}. The load goes on without it.`, {
    cause,
  });
}
