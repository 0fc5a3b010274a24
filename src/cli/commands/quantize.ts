// sterna quantize: a GGUF file or a Hugging Face folder to a GGUF file, by a recipe. Prints the bits of every group.
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { planCheckpoint } from '../../convert/convert-checkpoint.ts';
import { EngineError } from '../../errors.ts';
import { readSplitGguf } from '../../gguf/split.ts';
import { formatBits } from '../../quantize/bits-report.ts';
import { parseRecipeText } from '../../quantize/parse-recipe.ts';
import { planQuantization } from '../../quantize/plan-quantization.ts';
import { presetRecipe } from '../../quantize/presets.ts';
import type { Recipe } from '../../quantize/recipe.ts';
import { openGgufModel, openPlannedModel, type SourceModel } from '../../quantize/source-model.ts';
import { tokenizerFromGguf } from '../../tokenizer/index.ts';
import { openCheckpointFolder } from '../checkpoint-folder.ts';
import { printWritten, writeModelFiles } from '../output-files.ts';
import { openShardedFile } from '../sharded-file.ts';

/** As commander gives them. */
export interface QuantizeCommandOptions {
  readonly recipe: string;
  readonly calibration?: string;
  readonly tokenizer?: string;
  readonly name?: string;
}

interface Input {
  readonly source: SourceModel;
  close(): Promise<void>;
}

/**
 * Quantises a model; a failure leaves no file behind.
 * @throws EngineError 'bad-argument', 'bad-file' or 'unsupported-model', with details.reason where the recipe, the
 *   calibration text or the weights are at fault
 */
export async function quantize(
  input: string,
  output: string,
  options: QuantizeCommandOptions,
): Promise<void> {
  if (resolve(input) === resolve(output)) {
    throw new EngineError('bad-argument', `${output} is the input too. Choose another name for the output.`);
  }
  const recipe = await readRecipe(options.recipe);
  const opened = await openInput(input, options);
  try {
    const calibration =
      options.calibration === undefined
        ? undefined
        : tokenizeText(opened.source, await readText(options.calibration));
    const { plan, bits, errors } = await planQuantization(opened.source, recipe, { calibration });
    const result = await writeModelFiles(plan, output);
    process.stdout.write(`${formatBits(bits, errors())}\n`);
    printWritten(result, output);
  } finally {
    await opened.close();
  }
}

/** A file when there is one of that name, else a preset. */
async function readRecipe(name: string): Promise<Recipe> {
  if (!statSync(name, { throwIfNoEntry: false })?.isFile()) return presetRecipe(name);
  return parseRecipeText(await readText(name), basename(name));
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError('bad-file', `${path} cannot be read: ${reason}. Check the path.`, {
      details: { file: path },
      cause,
    });
  }
}

function tokenizeText({ file }: SourceModel, text: string): readonly number[] {
  const { tokenizer } = tokenizerFromGguf(file);
  return tokenizer.encode(text);
}

async function openInput(path: string, options: QuantizeCommandOptions): Promise<Input> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    const folder = openCheckpointFolder(path);
    try {
      const tokenizer = options.tokenizer === undefined ? undefined : openCheckpointFolder(options.tokenizer);
      const plan = await planCheckpoint(folder, {
        matrices: 'f32',
        embedding: 'f32',
        name: options.name,
        tokenizer,
      });
      return { source: openPlannedModel(plan, folder.name), close: () => folder.close() };
    } catch (error) {
      await folder.close();
      throw error;
    }
  }
  const file = await openShardedFile(path);
  try {
    const parsed = await readSplitGguf(file.source, file.openShard);
    return { source: openGgufModel(parsed, file.source), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}
