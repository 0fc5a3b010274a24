// ByteSource and ByteSink over files on disk, for Node.

import { type FileHandle, open } from 'node:fs/promises';
import { EngineError } from '../errors.ts';
import type { ByteSink } from '../util/byte-sink.ts';
import { type ByteSource, checkRange } from '../util/byte-source.ts';

/** A file open for reading. The caller closes it. */
export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

/** A file open for writing. The caller closes it. */
export interface FileSink extends ByteSink {
  close(): Promise<void>;
}

/**
 * Opens a file for reading.
 * @throws EngineError 'bad-file' when it cannot be opened or is no file
 */
export async function openFileSource(path: string): Promise<FileSource> {
  const handle = await openHandle(path, 'r');
  const stats = await handle.stat();
  if (!stats.isFile()) {
    await handle.close();
    throw new EngineError('bad-file', `${path} is no file; expected a model file. Give the path of a file.`, {
      details: { file: path },
    });
  }
  const source: FileSource = {
    name: path,
    sizeBytes: stats.size,
    async read(offsetBytes, lengthBytes, signal) {
      signal?.throwIfAborted();
      checkRange(source, offsetBytes, lengthBytes);
      const bytes = new Uint8Array(lengthBytes);
      await readFully(handle, bytes, offsetBytes, path);
      return bytes;
    },
    close: () => handle.close(),
  };
  return source;
}

/**
 * Creates a file, replacing one of that name.
 * @throws EngineError 'storage' when it cannot be created; write() too when the disk is full
 */
export async function createFileSink(path: string): Promise<FileSink> {
  const handle = await openHandle(path, 'w');
  return {
    async write(bytes) {
      try {
        for (let at = 0; at < bytes.length; ) {
          at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten;
        }
      } catch (cause) {
        throw fileError('storage', path, 'written', cause);
      }
    },
    close: () => handle.close(),
  };
}

async function readFully(handle: FileHandle, bytes: Uint8Array, offset: number, path: string): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, offset + at);
    if (bytesRead === 0) {
      throw new EngineError('bad-file', `${path} became shorter while it was read. Try again.`, {
        details: { file: path, offset: offset + at },
      });
    }
    at += bytesRead;
  }
}

async function openHandle(path: string, flags: 'r' | 'w'): Promise<FileHandle> {
  try {
    return await open(path, flags);
  } catch (cause) {
    throw fileError(
      flags === 'r' ? 'bad-file' : 'storage',
      path,
      flags === 'r' ? 'opened' : 'created',
      cause,
    );
  }
}

function fileError(code: 'bad-file' | 'storage', path: string, verb: string, cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EngineError(code, `${path} cannot be ${verb}: ${reason}. Check the path and its permissions.`, {
    details: { file: path },
    cause,
  });
}
