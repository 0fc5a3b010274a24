// sterna convert: a Hugging Face folder or a GGUF file to a GGUF file, or to several.
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { planCheckpoint } from '../../convert/convert-checkpoint.ts';
import { planGguf } from '../../convert/convert-gguf.ts';
import { TARGET_NAMES, type TargetType } from '../../convert/targets.ts';
import type { ModelPlan } from '../../convert/write-model.ts';
import { EngineError } from '../../errors.ts';
import { readSplitGguf } from '../../gguf/split.ts';
import { openCheckpointFolder } from '../checkpoint-folder.ts';
import { printWritten, writeModelFiles } from '../output-files.ts';
import { openShardedFile } from '../sharded-file.ts';

/** As commander gives them; types and sizes are checked here. */
export interface ConvertCommandOptions {
  readonly to: string;
  readonly embedding?: string;
  readonly shard?: string;
  readonly ternarize?: boolean;
  readonly tokenizer?: string;
  readonly license?: string;
  readonly name?: string;
}

interface Input {
  readonly plan: ModelPlan;
  close(): Promise<void>;
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['K', 1e3],
  ['M', 1e6],
  ['G', 1e9],
]);

/**
 * Converts a folder with a checkpoint, or a GGUF file, to the file `output`; a failure leaves no file behind.
 * Prints the size and the SHA-256 of each file.
 * @throws EngineError 'bad-argument' for options that make no sense; as the readers and writers
 */
export async function convert(input: string, output: string, options: ConvertCommandOptions): Promise<void> {
  const shardBytes = options.shard === undefined ? undefined : parseSize('--shard', options.shard);
  if (resolve(input) === resolve(output)) {
    throw new EngineError('bad-argument', `${output} is the input too. Choose another name for the output.`);
  }
  const opened = await openInput(input, options);
  try {
    const result = await writeModelFiles(opened.plan, output, { shardBytes });
    const { tensors, parameters } = result;
    process.stdout.write(`${tensors} tensors, ${parameters} parameters\n`);
    printWritten(result, output);
  } finally {
    await opened.close();
  }
}

async function openInput(path: string, options: ConvertCommandOptions): Promise<Input> {
  const { ternarize, license, name } = options;
  const matrices = chooseType('--to', options.to);
  const embedding =
    options.embedding === undefined ? undefined : chooseType('--embedding', options.embedding);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    const folder = openCheckpointFolder(path);
    try {
      const tokenizer = options.tokenizer === undefined ? undefined : openCheckpointFolder(options.tokenizer);
      const common = { matrices, embedding, ternarize, license, name, tokenizer };
      return { plan: await planCheckpoint(folder, common), close: () => folder.close() };
    } catch (error) {
      await folder.close();
      throw error;
    }
  }
  const unusable = (['ternarize', 'tokenizer'] as const).find((key) => options[key] !== undefined);
  if (unusable !== undefined) {
    throw new EngineError('bad-argument', `--${unusable} is for folders; ${path} is a file. Leave it out.`);
  }
  const file = await openShardedFile(path);
  try {
    const parsed = await readSplitGguf(file.source, file.openShard);
    return {
      plan: planGguf(parsed, file.source, { matrices, embedding, license, name }),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function chooseType(option: string, value: string): TargetType {
  const found = TARGET_NAMES.find((name) => name === value.toLowerCase());
  if (found !== undefined) return found;
  throw new EngineError(
    'bad-argument',
    `${option} is ${value}; expected ${TARGET_NAMES.join(', ')}. Choose one of them.`,
    { details: { option, value } },
  );
}

/** Bytes of a size such as 500M: decimal units. */
function parseSize(option: string, text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([KMG]?)B?$/i.exec(text.trim()) ?? [];
  const bytes = Number(digits) * (UNITS.get(unit?.toUpperCase() ?? '') ?? Number.NaN);
  if (bytes >= 1) return Math.floor(bytes);
  throw new EngineError('bad-argument', `${option} is ${text}; expected a size such as 500M or 2G.`, {
    details: { option, value: text },
  });
}
