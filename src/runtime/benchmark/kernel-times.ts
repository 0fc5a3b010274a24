// Times every kernel of a decode step on its own: all dispatches of one role (over the layers, so over different
// weights) in one pass, repeated until it takes 10 ms. By timestamps of the GPU where the browser has them, else by
// wall time less that of an empty submit.
import type { KernelTime } from '../../api/benchmark-types.ts';
import type { Graph } from '../../gpu/graph.ts';
import type { LoadedModel } from '../../loader/load-model.ts';
import { GpuClock, type PassClock, WallClock } from './pass-clock.ts';
import { median, summarize } from './statistics.ts';

/** Dispatches of one kernel that do the same for different layers. */
export interface KernelGroup {
  readonly kernel: string;
  readonly role: string;
  readonly members: readonly { readonly graph: Graph; readonly index: number }[];
  readonly bytes: number | null;
}

/** Shortest batch that is timed, in milliseconds. */
const LEAST_MS = 10;
/** Dispatches in one pass, at most: a slow device must not lose the browser's patience. */
const MAX_DISPATCHES = 8192;
const REPEATS = 5;
/** Once a batch takes this long, three repeats do. */
const LONG_MS = 250;

/**
 * The kernels of a step, by operation, variant and role.
 * @param position tokens in the cache, for the bytes that attention reads
 */
export function groupKernels(
  model: LoadedModel,
  step: readonly Graph[],
  position: number,
): readonly KernelGroup[] {
  const groups = new Map<
    string,
    { members: { graph: Graph; index: number }[]; group: Omit<KernelGroup, 'members'> }
  >();
  for (const graph of step) {
    graph.describe({ tokens: 1, position }).forEach(({ index, kernel, label, buffers }) => {
      const role = label.replace(/^blk\.\d+ /, '');
      const key = `${kernel} ${role}`;
      const bytes = kernel.startsWith('embed/') ? null : bytesRead(model, Object.values(buffers), position);
      const known = groups.get(key) ?? { members: [], group: { kernel, role, bytes } };
      known.members.push({ graph, index });
      groups.set(key, known);
    });
  }
  return [...groups.values()].map(({ group, members }) => ({ ...group, members }));
}

/** Whole weight buffers, and the live part of the cache. Activations are left out: they are small and stay on chip. */
function bytesRead(
  { pool, contextLength }: LoadedModel,
  buffers: readonly GPUBuffer[],
  position: number,
): number {
  const liveShare = (position + 1) / contextLength;
  let bytes = 0;
  for (const buffer of new Set(buffers)) {
    const purpose = pool.purposeOf(buffer);
    if (purpose === 'weights') bytes += buffer.size;
    else if (purpose === 'kv-cache') bytes += buffer.size * liveShare;
  }
  return bytes;
}

/** Measures groups on one device. dispose() frees its clock. */
export class KernelTimer {
  readonly method: 'timestamp-query' | 'wall-time';
  readonly #clock: PassClock;
  /** Of an empty submit, where wall time is measured. */
  #emptySeconds = 0;

  private constructor({ gpu }: LoadedModel) {
    this.method = gpu.hasTimestamps ? 'timestamp-query' : 'wall-time';
    this.#clock = gpu.hasTimestamps ? new GpuClock(gpu.device) : new WallClock(gpu.device);
  }

  /** Where wall time is measured, the wait for an empty submit comes first. */
  static async create(model: LoadedModel): Promise<KernelTimer> {
    const timer = new KernelTimer(model);
    if (timer.method === 'timestamp-query') return timer;
    const waits: number[] = [];
    for (let repeat = 0; repeat < 9; repeat++) waits.push(await timer.#clock.measure(() => undefined));
    timer.#emptySeconds = median(waits);
    return timer;
  }

  /** @throws the signal's reason */
  async measure(group: KernelGroup, position: number, signal?: AbortSignal): Promise<KernelTime> {
    const { kernel, role, bytes, members } = group;
    let rounds = 1;
    for (;;) {
      signal?.throwIfAborted();
      const seconds = await this.#seconds(group, rounds, position);
      const enough = seconds * 1000 >= LEAST_MS || rounds * members.length * 2 > MAX_DISPATCHES;
      if (enough) break;
      rounds = Math.min(
        Math.max(rounds * 2, Math.ceil((rounds * LEAST_MS * 1.2) / Math.max(seconds * 1000, 0.5))),
        Math.max(1, Math.floor(MAX_DISPATCHES / members.length)),
      );
    }
    const each: number[] = [];
    const startMs = performance.now();
    while (each.length < REPEATS) {
      if (each.length >= 3 && performance.now() - startMs > LONG_MS * each.length) break;
      each.push((await this.#seconds(group, rounds, position)) / (rounds * members.length));
      signal?.throwIfAborted();
    }
    return { kernel, role, dispatches: members.length, seconds: summarize(each), bytes };
  }

  /** Frees the clock. */
  dispose(): void {
    this.#clock.dispose();
  }

  async #seconds(group: KernelGroup, rounds: number, position: number): Promise<number> {
    const seconds = await this.#clock.measure((pass) => {
      for (let round = 0; round < rounds; round++) {
        for (const { graph, index } of group.members)
          graph.encode(pass, { tokens: 1, position }, index, index + 1);
      }
    });
    return Math.max(0, seconds - this.#emptySeconds);
  }
}
