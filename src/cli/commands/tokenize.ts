// sterna tokenize: text on stdin, ids as JSON on stdout.
import { readFileSync } from 'node:fs';
import { readGguf } from '../../gguf/reader.ts';
import { tokenizerFromGguf } from '../../tokenizer/index.ts';
import { openFileSource } from '../file-source.ts';
import { modelFile } from '../open-model.ts';

/** `--no-bos` and `--no-special` set these to false. */
export interface TokenizeOptions {
  readonly bos: boolean;
  readonly special: boolean;
}

/** Reads all of stdin as UTF-8. BOS is added when the model asks for it and --no-bos is not given. */
export async function tokenize(path: string, options: TokenizeOptions): Promise<void> {
  const source = await openFileSource(modelFile(path));
  try {
    const { tokenizer } = tokenizerFromGguf(await readGguf(source));
    const text = readFileSync(0, 'utf8');
    const ids = tokenizer.encode(text, {
      addBos: options.bos && tokenizer.addBosByDefault,
      parseSpecial: options.special,
    });
    process.stdout.write(`${JSON.stringify(ids)}\n`);
  } finally {
    await source.close();
  }
}
