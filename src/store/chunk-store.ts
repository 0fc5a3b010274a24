// The contract of a model store: one record per model, one record per chunk of its file. Knows nothing of the network.
// There is no list of present chunks: a chunk is present when its own record is, so no crash can leave a false list.

import { EngineError } from '../errors.ts';

/** What is known of one stored model. Contains no weights. */
export interface ModelRecord {
  /** Absolute URL of the weights, without fragment: the identity of the model in the store. */
  readonly key: string;
  readonly url: string;
  readonly sizeBytes: number;
  /** Size of every chunk but the last, in bytes. */
  readonly chunkBytes: number;
  /**
   * Names this version of the file: equal revisions mean that chunks may be mixed. Made by `revisionOf`.
   * Writing a record of another revision removes the chunks of the old one.
   */
  readonly revision: string;
  /** HTTP validators of the version that was downloaded; null when the server (or CORS) shows none. */
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** Lower-case hex SHA-256 of the whole file, as the manifest states it; null without manifest. */
  readonly sha256: string | null;
  /** The manifest through which the model was loaded, for visits without network. */
  readonly manifestUrl: string | null;
  readonly manifestText: string | null;
  /** Milliseconds since 1970. */
  readonly createdMs: number;
  readonly lastUsedMs: number;
}

/** One chunk of a file with its hash. */
export interface ChunkRecord {
  /** [chunkBytes] u8, the last chunk shorter. Owns its buffer: no larger buffer is behind it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Lower-case hex SHA-256 of `bytes`. */
  readonly sha256: string;
}

/**
 * Keeps models in chunks. Every write is atomic: it happens whole or not at all, also when the page is killed.
 * Every method rejects with EngineError 'storage' when the storage refuses (quota, private mode) or fails.
 */
export interface ChunkStore {
  /** @returns the record, or undefined when the model is unknown */
  getModel(key: string): Promise<ModelRecord | undefined>;
  /** Writes or replaces a record; when the revision changes, the chunks of the old one go in the same step. */
  putModel(record: ModelRecord): Promise<void>;
  /** @returns a record that the caller owns, or undefined when it is absent. The hash is not checked here. */
  getChunk(key: string, index: number): Promise<ChunkRecord | undefined>;
  /**
   * Writes one chunk of a model whose record exists with this revision.
   * @throws EngineError 'storage' also when the model was removed or replaced meanwhile: no orphans
   */
  putChunk(key: string, revision: string, index: number, record: ChunkRecord): Promise<void>;
  /** Removes one chunk; absent chunks are ignored. */
  deleteChunk(key: string, index: number): Promise<void>;
  /** @returns indices of the chunks that are present, ascending */
  listChunks(key: string): Promise<number[]>;
  /** Removes a model with all its chunks in one step; unknown keys are ignored. */
  deleteModel(key: string): Promise<void>;
  /** @returns all records, in no particular order */
  listModels(): Promise<ModelRecord[]>;
}

/** How a file is cut: everything that decides whether stored chunks belong to it. */
export interface FileVersion {
  readonly sizeBytes: number;
  readonly chunkBytes: number;
  readonly sha256: string | null;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/**
 * The revision of a version of a file. Deterministic, so that two pages that load the same file agree.
 * The strongest identity that is known decides: SHA-256, then ETag, then Last-Modified, then the size alone.
 */
export function revisionOf(version: FileVersion): string {
  const identity = version.sha256 ?? version.etag ?? version.lastModified ?? 'unknown';
  return `${version.sizeBytes}/${version.chunkBytes}/${identity}`;
}

/** Number of chunks of a file of `sizeBytes` cut into pieces of `chunkBytes`. */
export function chunkCount(sizeBytes: number, chunkBytes: number): number {
  return Math.ceil(sizeBytes / chunkBytes);
}

/** Length in bytes of chunk `index` of a file; the last chunk is shorter. */
export function chunkLength(index: number, sizeBytes: number, chunkBytes: number): number {
  return Math.min(chunkBytes, sizeBytes - index * chunkBytes);
}

/** The error of a chunk write that came after its model was removed or replaced by another version. */
export function modelReplaced(key: string): EngineError {
  return new EngineError(
    'storage',
    `A chunk of ${key} was not stored: the model was removed or replaced in the store meanwhile, ` +
      'for example by another tab. The load goes on without storing; load again later to store the model.',
    { details: { key } },
  );
}
