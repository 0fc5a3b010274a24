// sterna logits: raw little-endian f32, for comparing with other implementations.
import { writeFileSync } from 'node:fs';
import { type ModelOptions, openModel } from '../open-model.ts';

/** Options of the command. */
export interface LogitsOptions extends ModelOptions {
  readonly ids: readonly number[];
  readonly all?: boolean;
  readonly out: string;
}

/** Embedding and head keep the precision of the file unless --head says otherwise: this is the exact mode. */
export async function logits(path: string, options: LogitsOptions): Promise<void> {
  const model = await openModel(path, { head: 'file', ...options });
  try {
    const values = await model.sequence.logits(options.ids, { all: options.all });
    const bytes = new DataView(new ArrayBuffer(values.length * 4));
    values.forEach((value, index) => {
      bytes.setFloat32(index * 4, value, true);
    });
    writeFileSync(options.out, bytes);
  } finally {
    await model.dispose();
  }
}
