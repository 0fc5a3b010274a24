// The other files of a split model that was named by a URL: each is a model URL of its own, stored like the first.
import type { LoadModelOptions } from '../loader/load-model.ts';
import type { ByteCount } from '../store/byte-counter.ts';
import { type ResolvedModel, type ResolveOptions, resolveModel } from '../store/resolve-model.ts';

/** Sums over the files of a model. */
export interface ShardProgress {
  readonly count: ByteCount;
  readonly totalBytes: number;
}

/** The files of one model, opened as they are asked for. */
export class ModelShards {
  readonly #options: ResolveOptions;
  readonly #report: (progress: ShardProgress) => void;
  readonly #files: ResolvedModel[] = [];
  readonly #counts: ByteCount[] = [];

  /**
   * @param options for each file; onBytes is replaced
   * @param report called with the sums after every piece that is read
   */
  constructor(options: ResolveOptions, report: (progress: ShardProgress) => void) {
    this.#options = options;
    this.#report = report;
  }

  /** Keys in the store of the files that were opened. */
  get keys(): readonly string[] {
    return this.#files.flatMap(({ key }) => (key === null ? [] : [key]));
  }

  /** Opens the first file. @throws EngineError as resolveModel */
  async open(model: Parameters<typeof resolveModel>[0]): Promise<ResolvedModel> {
    const index = this.#counts.push({ loadedBytes: 0, cachedBytes: 0 }) - 1;
    const resolved = await resolveModel(model, {
      ...this.#options,
      onBytes: (count) => {
        this.#counts[index] = count;
        this.#emit();
      },
    });
    this.#files.push(resolved);
    this.#emit();
    return resolved;
  }

  /** Opens the others, by URL; undefined for a file that was picked, beside which nothing can be opened. */
  openShard(model: Parameters<typeof resolveModel>[0]): LoadModelOptions['openShard'] {
    if (model instanceof Blob) return undefined;
    return async (url) => (await this.open(url)).source;
  }

  /** Ends pending requests of all files. */
  dispose(): void {
    for (const file of this.#files) file.dispose();
  }

  #emit(): void {
    const sum = (key: keyof ByteCount): number =>
      this.#counts.reduce((total, count) => total + count[key], 0);
    const totalBytes = this.#files.reduce((total, { source }) => total + source.sizeBytes, 0);
    const count = { loadedBytes: sum('loadedBytes'), cachedBytes: sum('cachedBytes') };
    this.#report({ count, totalBytes });
  }
}
