// sterna convert: a Hugging Face folder to a GGUF file.
import { unlink } from 'node:fs/promises';
import { convertCheckpoint } from '../../convert/convert-checkpoint.ts';
import type { FloatTarget, TernaryTarget } from '../../convert/encode-tensor.ts';
import { EngineError } from '../../errors.ts';
import { openCheckpointFolder } from '../checkpoint-folder.ts';
import { createFileSink } from '../file-source.ts';

/** As commander gives them; `to` and `embedding` are checked here. */
export interface ConvertCommandOptions {
  readonly to: string;
  readonly embedding: string;
  readonly license?: string;
  readonly name?: string;
}

const MATRIX_TARGETS: readonly TernaryTarget[] = ['i2_s', 'tq2_0'];
const EMBEDDING_TARGETS: readonly FloatTarget[] = ['f32', 'f16', 'bf16', 'q8_0'];

/**
 * Converts the checkpoint in folder `input` to the file `output`; a failure leaves no file behind.
 * Prints the size and the SHA-256.
 */
export async function convert(input: string, output: string, options: ConvertCommandOptions): Promise<void> {
  const matrices = choose('--to', options.to, MATRIX_TARGETS);
  const embedding = choose('--embedding', options.embedding, EMBEDDING_TARGETS);
  const folder = openCheckpointFolder(input);
  try {
    const sink = await createFileSink(output);
    try {
      const { license, name } = options;
      const result = await convertCheckpoint(folder, sink, { matrices, embedding, license, name });
      await sink.close();
      process.stdout.write(
        `${output}: ${result.tensors} tensors, ${result.parameters} parameters, ${result.sizeBytes} bytes\nsha256 ${result.sha256}\n`,
      );
    } catch (error) {
      await sink.close();
      await unlink(output);
      throw error;
    }
  } finally {
    await folder.close();
  }
}

function choose<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((name) => name === value.toLowerCase());
  if (found !== undefined) return found;
  throw new EngineError('bad-argument', `${option} is ${value}; expected ${allowed.join(' or ')}.`, {
    details: { option, value },
  });
}
