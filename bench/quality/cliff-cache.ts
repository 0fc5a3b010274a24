// Finished rows of the cliff table on disk, so that an interrupted run is not lost: one JSON file in .cache/cliff/ for each.
// A row counts for the same command on the same checkpoint, text, recipe and code; what the code was is kept beside it.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CliffResult } from './cliff-table.ts';

const FOLDER = '.cache/cliff';
/** What decides over the figures: rounding, file, engine. Tests and benchmarks do not. */
const CODE_FOLDERS = ['recipes', 'shaders', 'src'];
const NO_CODE = /\.test\.ts$|(^|\/)(api|protocol|store|worker)\//;

/** What one row was measured of. */
export interface CliffKey {
  /** Arguments of `sterna`, with the marks for paths still in them. */
  readonly command: readonly string[];
  /** Bytes of everything that the command and the measurement read. */
  readonly inputs: readonly Uint8Array[];
  readonly windows: number;
  readonly adapter: string;
}

type Measured = Omit<CliffResult, 'row'>;

interface Entry {
  readonly code: string;
  readonly measured: Measured;
}

/** Digest of the sources that decide over the figures. */
export function digestCode(root = '.'): string {
  const hash = createHash('sha256');
  for (const folder of CODE_FOLDERS) {
    const names = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).sort();
    for (const name of names) {
      if (NO_CODE.test(name) || !/\.(ts|wgsl|json)$/.test(name)) continue;
      hash.update(`${folder}/${name}\n`).update(readFileSync(path.join(root, folder, name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** Rows of this code, and with `acceptOtherCode` those of any. */
export class CliffCache {
  readonly #code: string;
  readonly #acceptOtherCode: boolean;

  /** @param code of digestCode */
  constructor(code: string, acceptOtherCode: boolean) {
    this.#code = code;
    this.#acceptOtherCode = acceptOtherCode;
  }

  /** A row's figures, or null when they are to be measured. */
  read(key: CliffKey): Measured | null {
    const file = fileOf(key);
    if (!existsSync(file)) return null;
    const entry = JSON.parse(readFileSync(file, 'utf8')) as Entry;
    return entry.code === this.#code || this.#acceptOtherCode ? entry.measured : null;
  }

  /** Keeps a row's figures; a row with a problem is not kept. */
  write(key: CliffKey, { row: _, ...measured }: CliffResult): void {
    if (measured.problem !== null) return;
    mkdirSync(FOLDER, { recursive: true });
    const { command, windows, adapter } = key;
    const entry = { command, windows, adapter, code: this.#code, date: new Date().toISOString(), measured };
    writeFileSync(fileOf(key), `${JSON.stringify(entry, null, 2)}\n`);
  }
}

function fileOf({ command, inputs, windows, adapter }: CliffKey): string {
  const hash = createHash('sha256').update(JSON.stringify([command, windows, adapter]));
  for (const bytes of inputs) hash.update(bytes);
  return path.join(FOLDER, `${hash.digest('hex').slice(0, 24)}.json`);
}
