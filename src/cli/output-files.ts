// Writes a planned model to disk under names of its own until it is whole: a failure leaves no file behind, and what was there.

import { rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type ModelPlan, type WriteOptions, type WriteResult, writeModel } from '../convert/write-model.ts';
import { createFileSink, type FileSink } from './file-source.ts';

/** Ending of files that are not whole yet. */
const UNFINISHED = '.partial';

/**
 * Files of the same names are replaced once all new ones are whole.
 * @throws EngineError 'storage', and whatever the tensors throw
 */
export async function writeModelFiles(
  plan: ModelPlan,
  output: string,
  options: WriteOptions = {},
): Promise<WriteResult> {
  const created: { readonly path: string; readonly sink: FileSink }[] = [];
  const openSink = async (name: string): Promise<FileSink> => {
    const path = join(dirname(output), name);
    const sink = await createFileSink(path + UNFINISHED);
    created.push({ path, sink });
    return sink;
  };
  let result: WriteResult;
  try {
    result = await writeModel(plan, basename(output), openSink, options);
  } catch (error) {
    for (const { path, sink } of created) {
      await sink.close().catch(() => {}); // the complete ones are closed already
      await unlink(path + UNFINISHED);
    }
    throw error;
  }
  for (const { path } of created) await rename(path + UNFINISHED, path);
  return result;
}

/** Prints what was written: size and SHA-256 of each file. */
export function printWritten(result: WriteResult, output: string): void {
  for (const { name, sizeBytes, sha256 } of result.files) {
    process.stdout.write(`${join(dirname(output), name)}: ${sizeBytes} bytes\nsha256 ${sha256}\n`);
  }
}
