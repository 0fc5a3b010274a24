// A Hugging Face checkpoint folder on disk, for the converter.

import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { CheckpointFolder } from '../safetensors/checkpoint.ts';
import { type FileSource, openFileSource } from './file-source.ts';

/** A folder whose opened files are closed together. */
export interface DiskFolder extends CheckpointFolder {
  close(): Promise<void>;
}

/** Opens a checkpoint folder. Nothing is read yet; a folder that does not exist looks empty. */
export function openCheckpointFolder(path: string): DiskFolder {
  const opened: FileSource[] = [];
  return {
    name: basename(resolve(path)),
    async readText(fileName) {
      try {
        return await readFile(join(path, fileName), 'utf8');
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    async open(fileName) {
      try {
        const source = await openFileSource(join(path, fileName));
        opened.push(source);
        return source;
      } catch (error) {
        if (error instanceof Error && isMissing(error.cause)) return null;
        throw error;
      }
    },
    async close() {
      await Promise.all(opened.splice(0).map((source) => source.close()));
    },
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
