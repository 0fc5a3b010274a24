// Finds the data that tests use but the repository does not carry: vocabularies, fixtures, checkpoints.
// STERNA_SHARED names the folder; else a folder `shared` beside the repository (or beside its parent) is tried.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MemorySource } from '../../src/util/byte-source.ts';

const CANDIDATES = ['../../../shared/', '../../../../shared/'].map((relative) =>
  fileURLToPath(new URL(relative, import.meta.url)),
);

/** Folder of the shared test data with a trailing slash, or null when there is none. */
export function findSharedFolder(): string | null {
  const named = process.env.STERNA_SHARED;
  const folders = named === undefined || named === '' ? CANDIDATES : [`${named}/`];
  return folders.find((folder) => existsSync(folder)) ?? null;
}

/** Path of a file in the shared test data, or null when it is missing. */
export function findSharedFile(relativePath: string): string | null {
  const folder = findSharedFolder();
  if (folder === null || !existsSync(folder + relativePath)) return null;
  return folder + relativePath;
}

/** Reason to skip a test that needs a shared file. */
export function missingFile(relativePath: string): string {
  return `skipped: ${relativePath} is not in the shared test data (set STERNA_SHARED)`;
}

/** A ByteSource over a file on disk, read whole. */
export function sourceOfFile(path: string): MemorySource {
  const bytes = readFileSync(path);
  return new MemorySource(path, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}
