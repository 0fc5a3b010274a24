// Measures the cliff: our two byte-level checkpoints, rounded in every way that convert and quantize offer, on held-out text.
// node scripts/run-ts.mjs bench/quality/cliff.ts [--adapter NAME] [--windows N] [--only TEXT] [--any-code] [--kept] [--write] [--keep FOLDER]
// Prints the table; --write puts it into docs/cliff.md. Ends with 1 when a row could not be made, with its reason in the table.
// Finished rows are kept in .cache/cliff and taken from there while the code is the same; with --any-code also afterwards.
// --kept measures nothing: rows that are not kept say so.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { main as sterna } from '../../src/cli/main.ts';
import { measureQuality } from '../../src/cli/measure-quality.ts';
import { acquireNodeDevice } from '../../src/cli/node-gpu.ts';
import { openModel } from '../../src/cli/open-model.ts';
import { measureModelSize } from '../../src/gguf/model-size.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import { findSharedFile, missingFile } from '../../test/support/shared-data.ts';
import { CliffCache, digestCode } from './cliff-cache.ts';
import { type Checkpoint, CLIFF_ROWS, type CliffRow } from './cliff-rows.ts';
import { type CliffResult, formatCliffTable, replaceTable } from './cliff-table.ts';

const DOCUMENT = 'docs/cliff.md';
const WINDOW_TOKENS = 256;
const WINDOWS = 24;
/** Of the held-out text, far behind what is measured. */
const CALIBRATION = { fromByte: 100_000, bytes: 65_536 };

/** @returns 0 when every row was measured */
export async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      adapter: { type: 'string', default: 'default' },
      windows: { type: 'string', default: String(WINDOWS) },
      only: { type: 'string', default: '' },
      'any-code': { type: 'boolean', default: false },
      kept: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      keep: { type: 'string' },
    },
  });
  const folder = values.keep ?? mkdtempSync(path.join(tmpdir(), 'sterna-cliff-'));
  const gpu = await acquireNodeDevice(values.adapter);
  try {
    const place = preparePlace(folder);
    const rows = CLIFF_ROWS.filter(({ checkpoint, name }) => `${checkpoint} ${name}`.includes(values.only));
    const cache = new CliffCache(digestCode(), values['any-code']);
    const windows = Number(values.windows);
    const results: CliffResult[] = [];
    for (const [index, row] of rows.entries()) {
      const inputs = inputBytes(row, place);
      const key = { command: row.command, inputs, windows, adapter: gpu.adapter.description };
      const known = cache.read(key);
      const output = path.join(folder, `${index}.gguf`);
      const result =
        known !== null
          ? { ...known, row }
          : values.kept
            ? failedRow(row, 'no figure is kept')
            : await measureRow(row, output, { ...place, windows, gpu });
      if (known === null) cache.write(key, result);
      results.push(result);
      const figure = result.natsPerByte?.toFixed(4) ?? result.problem;
      console.error(`${row.checkpoint} ${row.name}: ${figure}${known === null ? '' : ' (kept)'}`);
    }
    const table = formatCliffTable(results);
    console.log(table);
    if (values.write) writeFileSync(DOCUMENT, replaceTable(readFileSync(DOCUMENT, 'utf8'), table));
    return results.some(({ problem }) => problem !== null) ? 1 : 0;
  } finally {
    if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

interface Place {
  readonly inputs: Readonly<Record<Checkpoint, string>>;
  readonly calibration: string;
  readonly text: string;
}

/** Folders as `sterna` reads them, and the two texts. @throws Error when the shared data are missing */
function preparePlace(folder: string): Place {
  const heldout = readFileSync(needFile('models/heldout.txt'));
  const calibration = path.join(folder, 'calibration.txt');
  mkdirSync(folder, { recursive: true });
  const { fromByte, bytes } = CALIBRATION;
  writeFileSync(calibration, heldout.subarray(fromByte, fromByte + bytes));
  return {
    inputs: { '16bit': linkCheckpoint(folder, '16bit'), qat: linkCheckpoint(folder, 'qat') },
    calibration,
    text: heldout.toString('utf8'),
  };
}

/** What decides over a row beside its command: checkpoint, text, and a recipe's file. */
function inputBytes({ command, checkpoint }: CliffRow, { inputs, text, calibration }: Place): Uint8Array[] {
  const files = [path.join(inputs[checkpoint], 'model.safetensors')];
  if (command.includes('CALIBRATION')) files.push(calibration);
  const recipe = command.indexOf('--recipe');
  if (recipe >= 0) files.push(`recipes/${command[recipe + 1]}.json`);
  return [...files.map((file) => readFileSync(file)), new TextEncoder().encode(text)];
}

function needFile(relative: string): string {
  const found = findSharedFile(relative);
  if (found === null) throw new Error(missingFile(relative));
  return found;
}

function linkCheckpoint(folder: string, checkpoint: Checkpoint): string {
  const target = path.join(folder, checkpoint);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  const links = {
    'model.safetensors': `${checkpoint}.safetensors`,
    'config.json': `config.${checkpoint}.json`,
    'tokenizer.json': 'tokenizer.json',
    'tokenizer_config.json': 'tokenizer_config.json',
  };
  for (const [name, file] of Object.entries(links)) {
    symlinkSync(needFile(`models/sterna-byte/${file}`), path.join(target, name));
  }
  return target;
}

async function measureRow(
  row: CliffRow,
  output: string,
  place: Place & { readonly windows: number; readonly gpu: GpuContext },
): Promise<CliffResult> {
  const names: Readonly<Record<string, string>> = {
    IN: place.inputs[row.checkpoint],
    OUT: output,
    CALIBRATION: place.calibration,
  };
  const problem = await runSterna(row.command.map((word) => names[word] ?? word));
  if (problem !== null) return failedRow(row, problem);
  try {
    const model = await openModel(output, { adapter: 'default', head: 'file' }, place.gpu);
    const options = { windowTokens: WINDOW_TOKENS, windows: place.windows };
    const quality = await measureQuality(model, place.text, { options });
    const size = measureModelSize(model.loaded.file);
    await model.dispose();
    return {
      row,
      natsPerByte: quality.natsPerByte,
      topOneAccuracy: quality.topOneAccuracy,
      matrixBits: size.matrices.bitsPerWeight,
      bits: size.bitsPerWeight,
      fileBytes: model.fileBytes,
      problem: null,
    };
  } catch (error) {
    return failedRow(row, error instanceof Error ? error.message : String(error));
  } finally {
    rmSync(output, { force: true });
  }
}

function failedRow(row: CliffRow, problem: string): CliffResult {
  return {
    row,
    natsPerByte: null,
    topOneAccuracy: null,
    matrixBits: null,
    bits: null,
    fileBytes: null,
    problem,
  };
}

/** Runs a command in this process. @returns null, or what it printed when it failed */
async function runSterna(args: readonly string[]): Promise<string | null> {
  const printed: string[] = [];
  const streams = [process.stdout, process.stderr];
  const writers = streams.map((stream) => stream.write);
  for (const stream of streams) {
    stream.write = (chunk: string | Uint8Array) => {
      printed.push(String(chunk));
      return true;
    };
  }
  try {
    const code = await sterna(args);
    return code === 0 ? null : (printed.join('').trim().split('\n')[0] ?? `exit status ${code}`);
  } finally {
    streams.forEach((stream, index) => {
      stream.write = writers[index];
    });
  }
}
