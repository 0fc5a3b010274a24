// The records of the autotuner in a JSON file, for the command line.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { EngineError } from '../errors.ts';
import type { TuningStore } from '../runtime/autotune/record.ts';

/** Keeps records in a file, which is made when it is missing. Read once; written anew at every record. */
export class FileTuningStore implements TuningStore {
  readonly #path: string;
  readonly #records: Map<string, unknown>;

  /** @throws EngineError 'bad-file' when the file is there and is no JSON object */
  constructor(path: string) {
    this.#path = path;
    this.#records = new Map(Object.entries(existsSync(path) ? readRecords(path) : {}));
  }

  async read(key: string): Promise<unknown> {
    return this.#records.get(key);
  }

  async write(key: string, record: unknown): Promise<void> {
    this.#records.set(key, record);
    // Written beside and renamed, so that a process that ends meanwhile leaves the old file.
    const part = `${this.#path}.part`;
    writeFileSync(part, `${JSON.stringify(Object.fromEntries(this.#records), null, 2)}\n`);
    renameSync(part, this.#path);
  }
}

function readRecords(path: string): object {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Reported below, like any other content.
  }
  throw new EngineError(
    'bad-file',
    `${path} is no file of the autotuner: it is not a JSON object. Delete it or name another one.`,
    { details: { file: path } },
  );
}
