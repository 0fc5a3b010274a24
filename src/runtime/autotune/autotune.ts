// Chooses between kernel variants for a loaded model by what is stored and by measuring, and puts the choice into its
// graphs. docs/autotuning.md says how. Whatever goes wrong, the model runs: with the defaults.
import type { AutotuneMode, AutotuneReport, TunedKernel } from '../../api/types.ts';
import type { CompiledKernel } from '../../gpu/pipelines.ts';
import type { LoadedModel } from '../../loader/load-model.ts';
import { GpuClock, type PassClock, WallClock } from '../benchmark/pass-clock.ts';
import { type Candidate, type CandidateList, listCandidates } from './candidates.ts';
import { parseRecord, recordKey, type TuningRecord, type TuningStore } from './record.ts';
import { OutOfTime, type SearchResult, searchBest, withDeadline } from './search.ts';
import { ShapeBench } from './shape-bench.ts';
import { listShapes, type TunableShape } from './shapes.ts';

/** How to tune. */
export interface AutotuneOptions {
  readonly mode: AutotuneMode;
  readonly store: TuningStore;
  /** Milliseconds of measuring in one call, all shapes together. Default AUTOTUNE_BUDGET_MS. */
  readonly budgetMs?: number;
  readonly signal?: AbortSignal;
  /** Milliseconds; for tests. Default performance.now. */
  readonly now?: () => number;
}

/** Time that measuring may take at a load. */
export const AUTOTUNE_BUDGET_MS = 2000;
/** A store that takes longer has no record. */
const READ_MS = 1000;

interface Tuning {
  readonly shape: TunableShape;
  readonly list: CandidateList;
  readonly key: string;
}

interface Decision {
  readonly candidate: Candidate;
  readonly record: TuningRecord;
  readonly source: 'stored' | 'measured';
}

/**
 * Tunes the decode graphs of a model. Nothing else may use the model meanwhile; its activations are overwritten, its
 * KV cache is not.
 * @returns what runs now; `problem` says why something stayed at its default
 * @throws the signal's reason
 */
export async function autotune(model: LoadedModel, options: AutotuneOptions): Promise<AutotuneReport> {
  const { now = () => performance.now(), signal } = options;
  const startMs = now();
  const tunings = listShapes(model).map((shape) => planTuning(model, shape));
  const decisions = new Map<Tuning, Decision>();
  let problem: string | null = null;
  if (options.mode !== 'off') {
    const run = new TuningRun(model, { ...options, now }, decisions);
    const lost = model.gpu.lost.then((error) => Promise.reject(error));
    lost.catch(() => {});
    try {
      await Promise.race([run.all(tunings), lost]);
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    problem ??= run.problem;
    signal?.throwIfAborted();
  }
  return {
    mode: options.mode,
    kernels: tunings.map((tuning) => describe(tuning, decisions.get(tuning))),
    elapsedMs: now() - startMs,
    ...(problem !== null && { problem }),
  };
}

function planTuning({ gpu }: LoadedModel, shape: TunableShape): Tuning {
  const list = listCandidates(shape.kernel, {
    features: gpu.features,
    layout: shape.layout,
    onCpu: gpu.adapter.isFallback,
  });
  return { shape, list, key: recordKey(gpu, shape, list) };
}

class TuningRun {
  readonly #model: LoadedModel;
  readonly #options: AutotuneOptions & { readonly now: () => number };
  readonly #decisions: Map<Tuning, Decision>;
  readonly #ended: Promise<void>[] = [];
  /** The first failure of a store or of a shape that the others were not to suffer from. */
  problem: string | null = null;

  constructor(
    model: LoadedModel,
    options: AutotuneOptions & { readonly now: () => number },
    decisions: Map<Tuning, Decision>,
  ) {
    this.#model = model;
    this.#options = options;
    this.#decisions = decisions;
  }

  async all(tunings: readonly Tuning[]): Promise<void> {
    const { now, mode, budgetMs = AUTOTUNE_BUDGET_MS, signal } = this.#options;
    const found = await Promise.all(tunings.map((tuning) => this.#applyStored(tuning)));
    const missing = tunings.filter(({ list }, index) => !found[index] && list.candidates.length > 1);
    if (mode !== 'on' || missing.length === 0) return;
    const deadlineMs = now() + budgetMs;
    const { gpu } = this.#model;
    const onGpuClock = gpu.hasTimestamps && !gpu.adapter.isFallback;
    const clock = onGpuClock ? new GpuClock(gpu.device) : new WallClock(gpu.device);
    try {
      let weight = missing.reduce((sum, tuning) => sum + importance(tuning), 0);
      for (const tuning of missing) {
        signal?.throwIfAborted();
        // What one shape leaves over goes to those behind it. CPU adapters compile so slowly that a load suffices for two
        // shapes; the next one goes on.
        const leftMs = deadlineMs - now();
        const leastMs = budgetMs / (gpu.adapter.isFallback ? 2 : 8);
        const sliceMs = Math.max((leftMs * importance(tuning)) / weight, Math.min(leftMs, leastMs));
        weight -= importance(tuning);
        if (sliceMs > 0) await this.#measure(tuning, clock, sliceMs);
      }
    } finally {
      void Promise.all(this.#ended).finally(() => clock.dispose());
    }
  }

  async #applyStored(tuning: Tuning): Promise<boolean> {
    const { store, now } = this.#options;
    try {
      const value = await withDeadline(() => store.read(tuning.key), this.#options, now() + READ_MS);
      const record = parseRecord(value, tuning.list);
      const candidate = tuning.list.candidates.find(({ id }) => id === record?.candidate);
      if (record === null || candidate === undefined) return false;
      const { kernel, overrides } = tuning.shape;
      const compile = () => this.#model.pipelines.compile(kernel, candidate.variant, overrides);
      this.#apply(tuning, { candidate, record, source: 'stored' }, await compile());
      return true;
    } catch (error) {
      this.#note(error);
      return false;
    }
  }

  async #measure(tuning: Tuning, clock: PassClock, sliceMs: number): Promise<void> {
    const { shape, list } = tuning;
    const { gpu, pipelines } = this.#model;
    const { now, store, budgetMs = AUTOTUNE_BUDGET_MS } = this.#options;
    const bench = new ShapeBench({ gpu, pipelines, clock, now }, shape, list);
    try {
      const found = await searchBest(list.families, bench, now() + sliceMs);
      // The next load tries again, unless there was as much time as there will ever be.
      if (found === null && sliceMs < budgetMs * 0.9) return;
      const record = toRecord(found, list);
      const [fallback] = list.candidates;
      const candidate = found?.best ?? fallback;
      const compiled = await pipelines.compile(shape.kernel, candidate.variant, shape.overrides);
      this.#apply(tuning, { candidate, record, source: 'measured' }, compiled);
      await store.write(tuning.key, record);
    } catch (error) {
      this.#note(error);
    } finally {
      // Not waited for: a step that outlives its time must not delay the load.
      this.#ended.push(bench.dispose());
    }
  }

  #apply(tuning: Tuning, decision: Decision, compiled: CompiledKernel): void {
    for (const { graph, index } of tuning.shape.members) graph.replace(index, compiled);
    this.#decisions.set(tuning, decision);
  }

  #note(error: unknown): void {
    if (error instanceof OutOfTime) return;
    this.problem ??= error instanceof Error ? error.message : String(error);
  }
}

/** Share of the time that a shape gets: by what it reads, but none gets next to nothing. */
function importance({ shape }: Tuning): number {
  return Math.sqrt(shape.bytes);
}

function toRecord(found: SearchResult<Candidate> | null, { candidates }: CandidateList): TuningRecord {
  const [fallback] = candidates;
  return {
    version: 1,
    candidate: (found?.best ?? fallback).id,
    times: found && { default: found.defaultSeconds, candidate: found.seconds },
    measured: found?.measured ?? 0,
    candidates: candidates.length,
    rejected: (found?.rejected ?? []).map(({ candidate, reason }) => ({ candidate: candidate.id, reason })),
    date: new Date().toISOString(),
  };
}

function describe({ shape, list }: Tuning, decision: Decision | undefined): TunedKernel {
  const [fallback] = list.candidates;
  const record = decision?.record;
  return {
    role: shape.role,
    shape: shape.key,
    dispatches: shape.members.length,
    defaultVariant: fallback.id,
    variant: decision?.candidate.id ?? fallback.id,
    source: decision?.source ?? 'default',
    gain: record?.times ? record.times.default / record.times.candidate - 1 : null,
    seconds: record?.times?.candidate ?? null,
    measured: record?.measured ?? 0,
    candidates: list.candidates.length,
    rejected: record?.rejected ?? [],
  };
}
