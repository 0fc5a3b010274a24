// Writes a planned model to disk; a failure leaves no file behind.

import { unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type ModelPlan, type WriteOptions, type WriteResult, writeModel } from '../convert/write-model.ts';
import { createFileSink, type FileSink } from './file-source.ts';

/** @throws EngineError 'storage', and whatever the tensors throw */
export async function writeModelFiles(
  plan: ModelPlan,
  output: string,
  options: WriteOptions = {},
): Promise<WriteResult> {
  const created: { readonly path: string; readonly sink: FileSink }[] = [];
  const openSink = async (name: string): Promise<FileSink> => {
    const path = join(dirname(output), name);
    const sink = await createFileSink(path);
    created.push({ path, sink });
    return sink;
  };
  try {
    return await writeModel(plan, basename(output), openSink, options);
  } catch (error) {
    for (const { path, sink } of created) {
      await sink.close().catch(() => {}); // the complete ones are closed already
      await unlink(path);
    }
    throw error;
  }
}

/** Prints what was written: size and SHA-256 of each file. */
export function printWritten(result: WriteResult, output: string): void {
  for (const { name, sizeBytes, sha256 } of result.files) {
    process.stdout.write(`${join(dirname(output), name)}: ${sizeBytes} bytes\nsha256 ${sha256}\n`);
  }
}
