// The command line: `sterna run | inspect | convert | quantize | tokenize | logits | bench | perplexity | compare`.
// Parsing only; commands/ does the work.
import { Command, InvalidArgumentError } from 'commander';
import type { AutotuneMode, HeadPrecision, PrefillMode } from '../api/types.ts';
import { KV_KINDS, type KvKind } from '../architectures/blocks/kv-cache.ts';
import { TARGET_NAMES } from '../convert/targets.ts';
import { EngineError } from '../errors.ts';
import { PRESET_NAMES } from '../quantize/presets.ts';
import { SYNTHETIC_MODELS } from '../util/synthetic-models.ts';
import { bench } from './commands/bench.ts';
import { compare } from './commands/compare.ts';
import { convert } from './commands/convert.ts';
import { inspect } from './commands/inspect.ts';
import { logits } from './commands/logits.ts';
import { perplexity } from './commands/perplexity.ts';
import { quantize } from './commands/quantize.ts';
import { run } from './commands/run.ts';
import { tokenize } from './commands/tokenize.ts';
import { ADAPTERS } from './node-gpu.ts';

/** Parses argv and runs the command. @returns the exit status; errors are printed as one line on stderr */
export async function main(argv: readonly string[]): Promise<number> {
  const program = createProgram();
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    return report(error);
  }
}

function report(error: unknown): number {
  if (isCommanderError(error)) return error.exitCode;
  const code = error instanceof EngineError ? ` [${describeCode(error)}]` : '';
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`sterna: ${message.replaceAll('\n', ' ')}${code}\n`);
  if (process.env.STERNA_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return 1;
}

/** Code, and the reason where there is one: `bad-argument: unknown-method`. */
function describeCode({ code, details }: EngineError): string {
  return typeof details.reason === 'string' ? `${code}: ${details.reason}` : code;
}

function isCommanderError(error: unknown): error is { exitCode: number } {
  return error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number';
}

function createProgram(): Command {
  const program = new Command('sterna')
    .description('Run, convert and measure ternary language models on WebGPU.')
    .exitOverride()
    .showHelpAfterError('(sterna --help lists the commands)');
  addModelOptions(program.command('run'))
    .description('answer a prompt')
    .argument('<model>', 'GGUF file, or a folder of models/')
    .argument('<prompt>', 'what to say')
    .option('--max-tokens <n>', 'most tokens of the answer', positiveInteger)
    .option('--temperature <t>', '0 is greedy (default: the model recommends)', number)
    .option('--top-k <k>', 'keep the k most likely tokens', positiveInteger)
    .option('--top-p <p>', 'keep this much probability', number)
    .option('--min-p <p>', 'drop tokens below this share of the best', number)
    .option('--repetition-penalty <r>', '1 is off', number)
    .option('--seed <s>', 'seed of the random choices', nonNegativeInteger)
    .option(
      '--speculation <mode>',
      'off, or prompt-lookup: guess tokens from repetition, same text (default: off)',
    )
    .option(
      '--n <answers>',
      'answers to the same prompt, side by side, with seeds from --seed on',
      positiveInteger,
    )
    .option('--system <text>', 'system prompt')
    .option('--raw', 'complete the text as it is, without the chat template')
    .option('--stats', 'print speed on stderr')
    .action(run);
  program
    .command('inspect')
    .description('print what a GGUF file holds and the GPU memory that it needs')
    .argument('<file>', 'GGUF file, or the first of a split model')
    .option('--json', 'as JSON')
    .option('--context <tokens>', 'tokens of the KV cache that the memory is counted for', positiveInteger)
    .option('--kv-cache <kind>', `storage of keys and values: ${KV_KINDS.join(', ')} (default: f32)`, kvKind)
    .option('--arithmetic <mode>', 'exact, or block (default: exact)', arithmetic)
    .option('--head <precision>', `embedding and head: ${HEADS.join(', ')} (default: int8)`, headPrecision)
    .option(
      '--n <answers>',
      'count the caches of answers side by side (run --n), as long as the context',
      positiveInteger,
    )
    .option('--adapter <name>', `try whether the memory can be had there: ${ADAPTERS.join(', ')}`)
    .action(inspect);
  program
    .command('convert')
    .description('convert a Hugging Face folder or a GGUF file to GGUF')
    .argument('<in>', 'folder with config.json and safetensors, or a GGUF file')
    .argument('<out>', 'GGUF file to write')
    .option('--to <type>', `type of the matrices: ${TARGET_NAMES.join(', ')}`, 'i2_s')
    .option(
      '--embedding <type>',
      'type of embedding and head (default: f16 for a folder, as it is for a file)',
    )
    .option('--shard <size>', 'split into files with this much of tensors each, for example 500M')
    .option('--ternarize', 'round float matrices to -s, 0, +s: for master weights of a BitNet model')
    .option('--tokenizer <folder>', 'take tokenizer.json from this folder')
    .option('--license <name>', 'licence to record in the file')
    .option('--name <name>', 'name to record in the file')
    .action(convert);
  program
    .command('quantize')
    .description('quantise the weights of a model by a recipe')
    .argument('<in>', 'GGUF file, or folder with config.json and safetensors')
    .argument('<out>', 'GGUF file to write')
    .requiredOption('--recipe <name>', `file (see docs/recipes.md) or preset: ${PRESET_NAMES.join(', ')}`)
    .option('--calibration <text>', 'file with text like what the model will read; int4-gptq needs it')
    .option('--tokenizer <folder>', 'take tokenizer.json of a folder from this one')
    .option('--name <name>', 'name to record in the file')
    .action(quantize);
  program
    .command('tokenize')
    .description('text on stdin, ids as JSON on stdout')
    .argument('<model>', 'GGUF file, or a folder of models/')
    .option('--no-bos', 'do not add the begin token')
    .option('--no-special', 'do not parse special tokens in the text')
    .action(tokenize);
  addModelOptions(program.command('logits'))
    .description('write the logits after a prompt as little-endian f32')
    .argument('<model>', 'GGUF file, or a folder of models/')
    .requiredOption('--ids <list>', 'token ids, separated by commas', idList)
    .requiredOption('--out <file>', 'file to write')
    .option('--all', 'one row for every position, not the last only')
    .action(logits);
  addBench(program);
  addWindowOptions(addModelOptions(program.command('perplexity')))
    .description('measure how well a model foretells a text')
    .argument('<model>', 'GGUF file, or a folder of models/')
    .argument('<text>', 'text file, or - for stdin')
    .option('--reference <model>', 'model whose distributions it is compared with, in exact arithmetic')
    .option('--json', 'as JSON')
    .action(perplexity);
  addWindowOptions(addModelOptions(program.command('compare')))
    .description('compare models on a text: size, quality, speed')
    .argument('<models...>', 'GGUF files, or folders of models/')
    .requiredOption('--text <file>', 'text to measure on')
    .option('--html <file>', 'write a report with table and plots')
    .option('--json <file>', 'write the figures; - prints them')
    .option('--reference <model>', 'model whose distributions they are compared with, in exact arithmetic')
    .option('--generate-tokens <n>', 'tokens of each measurement of decode speed', positiveInteger, 64)
    .action(compare);
  return program;
}

function addBench(program: Command): void {
  const models = SYNTHETIC_MODELS.map(({ id }) => id).join(', ');
  addModelOptions(program.command('bench'))
    .description('measure speed beside the ceilings of the device')
    .argument('[model]', 'GGUF file, or a folder of models/')
    .option('--synthetic <shape>', `random weights made on the GPU instead of a model: ${models}`)
    .option('--layers <n>', 'fewer layers than published, for --synthetic', positiveInteger)
    .option('--tests <list>', 'pp and tokens (prefill), tg and tokens (generation)', nameList, [
      'pp512',
      'tg128',
    ])
    .option('--depths <list>', 'tokens in the cache before a test', idList, [0])
    .option('--repeats <n>', 'measured repeats', positiveInteger, 5)
    .option(
      '--max-seconds <s>',
      'no repeat of a test begins after this time, but two always run',
      positiveInteger,
      20,
    )
    .option('--kernels', 'time every kernel of a decode step')
    .option('--json [file]', 'as JSON on stdout, or in a file')
    .action(bench);
}

function addWindowOptions(command: Command): Command {
  return command
    .option('--window <tokens>', 'predictions of a window (default: 512, or the context)', positiveInteger)
    .option(
      '--stride <tokens>',
      'from one window to the next; the rest gives context (default: the window)',
      positiveInteger,
    )
    .option('--windows <n>', 'stop after this many (default: the whole text)', positiveInteger)
    .option('--bos', 'begin each window with the begin token (default: as the tokenizer does)')
    .option('--no-bos', 'do not');
}

function addModelOptions(command: Command): Command {
  return command
    .option('--adapter <name>', `what computes: ${ADAPTERS.join(', ')}`, 'auto')
    .option('--threads <n>', 'of WebAssembly (default: one per core, at most 8)', positiveInteger)
    .option('--context <tokens>', 'capacity of the KV cache', positiveInteger)
    .option(
      '--head <precision>',
      'embedding and head: int8, int6, int4-hadamard, or file for the stored precision',
      headPrecision,
    )
    .option('--kv-cache <kind>', `storage of keys and values: ${KV_KINDS.join(', ')} (default: f32)`, kvKind)
    .option('--arithmetic <mode>', 'exact, or block: int8 activations by blocks of columns', arithmetic)
    .option('--autotune <mode>', 'choose kernels by measuring: off, cached, on (default: off)', autotuneMode)
    .option('--autotune-cache <file>', 'JSON file that keeps what was measured; then --autotune is on')
    .option('--prefill <mode>', 'fast, or friendly: short submits that leave the GPU to others', prefillMode)
    .option('--subgroup-matrix', 'prefill with int8 matrices of the GPU where it has them (experimental)');
}

function autotuneMode(text: string): AutotuneMode {
  if (text === 'off' || text === 'cached' || text === 'on') return text;
  throw new InvalidArgumentError('Use off, cached or on.');
}

function arithmetic(text: string): 'exact' | 'block' {
  if (text === 'exact' || text === 'block') return text;
  throw new InvalidArgumentError('Use exact or block.');
}

function prefillMode(text: string): PrefillMode {
  if (text === 'fast' || text === 'friendly') return text;
  throw new InvalidArgumentError('Use fast or friendly.');
}

const HEADS: readonly HeadPrecision[] = ['file', 'int8', 'int6', 'int4-hadamard'];

function headPrecision(text: string): HeadPrecision {
  const found = HEADS.find((name) => name === text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`Use ${HEADS.join(', ')}.`);
}

function kvKind(text: string): KvKind {
  const kind = KV_KINDS.find((known) => known === text);
  if (kind === undefined) throw new InvalidArgumentError(`Use one of ${KV_KINDS.join(', ')}.`);
  return kind;
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Use a number.');
  return value;
}

function nonNegativeInteger(text: string): number {
  const value = number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('Use a whole number, at least 0.');
  return value;
}

function positiveInteger(text: string): number {
  const value = nonNegativeInteger(text);
  if (value === 0) throw new InvalidArgumentError('Use a whole number, at least 1.');
  return value;
}

function nameList(text: string): readonly string[] {
  return text.split(',').map((part) => part.trim());
}

function idList(text: string): readonly number[] {
  return text.split(',').map((part) => nonNegativeInteger(part));
}
