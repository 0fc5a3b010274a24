// The bench of one shape on a device: compiles, checks and times candidates over the weights of all its layers.
import { EngineError } from '../../errors.ts';
import type { GpuContext } from '../../gpu/device.ts';
import type { KernelVariant } from '../../gpu/kernel.ts';
import type { CompiledKernel, PipelineCache } from '../../gpu/pipelines.ts';
import type { PassClock } from '../benchmark/pass-clock.ts';
import type { Candidate, CandidateList } from './candidates.ts';
import { ShapeProbe } from './probe.ts';
import type { TuningBench } from './search.ts';
import type { TunableShape } from './shapes.ts';

/** A batch of dispatches that is timed takes about this long: more than the steps of coarse timestamps (0.1 ms). */
const BATCH_MS = 4;
const MAX_BATCH = 4096;
const MAX_TRIES = 12;
/** Candidates whose first dispatch takes this many times as long as the default's are not measured. */
const HOPELESS = 4;
/** Pipelines that compile while candidates before them are measured; on CPU adapters that would disturb. */
const COMPILES_AHEAD = 4;

/** What a bench needs of its surroundings. */
export interface BenchContext {
  readonly gpu: GpuContext;
  readonly pipelines: PipelineCache;
  readonly clock: PassClock;
  now(): number;
}

/** Implements the bench of a search. dispose() frees its buffers; a step that still runs may use them until it has ended. */
export class ShapeBench implements TuningBench<Candidate> {
  readonly #context: BenchContext;
  readonly #shape: TunableShape;
  readonly #list: CandidateList;
  readonly #probe: ShapeProbe;
  readonly #compiled = new Map<Candidate, CompiledKernel>();
  #expected: Promise<void> | null = null;
  #batch = 0;
  #step: Promise<unknown> = Promise.resolve();

  constructor(context: BenchContext, shape: TunableShape, list: CandidateList) {
    this.#context = context;
    this.#shape = shape;
    this.#list = list;
    this.#probe = new ShapeProbe(context.gpu.device, shape);
  }

  now(): number {
    return this.#context.now();
  }

  prepare(candidate: Candidate): Promise<string | null> {
    return this.#track(this.#prepare(candidate));
  }

  measure(candidate: Candidate): Promise<number> {
    return this.#track(this.#measure(candidate));
  }

  /** Frees the buffers when the running step, if any, has ended: its deadline may have passed before. */
  async dispose(): Promise<void> {
    await this.#step;
    this.#probe.dispose();
  }

  #track<T>(step: Promise<T>): Promise<T> {
    this.#step = step.catch(() => {});
    return step;
  }

  async #prepare(candidate: Candidate): Promise<string | null> {
    this.#compileAhead(candidate);
    let compiled: CompiledKernel;
    try {
      compiled = await this.#compile(candidate.variant);
    } catch (error) {
      if (error instanceof EngineError && error.code === 'gpu-error') return error.message;
      throw error;
    }
    this.#expected ??= this.#compile(this.#list.twin).then((twin) => this.#probe.expect(twin));
    await this.#expected;
    const difference = candidate.variant === this.#list.twin ? null : await this.#probe.check(compiled);
    if (difference !== null) return difference;
    this.#compiled.set(candidate, compiled);
    return this.#batch === 0 ? null : await this.#tooSlow(compiled);
  }

  async #measure(candidate: Candidate): Promise<number> {
    const compiled = this.#requireCompiled(candidate);
    if (this.#batch === 0) await this.#chooseBatch(compiled);
    return (await this.#seconds(compiled, this.#batch)) / this.#batch;
  }

  #requireCompiled(candidate: Candidate): CompiledKernel {
    const compiled = this.#compiled.get(candidate);
    if (compiled === undefined) throw new Error(`Candidate ${candidate.id} was not prepared.`);
    return compiled;
  }

  #compile(variant: KernelVariant): Promise<CompiledKernel> {
    return this.#context.pipelines.compile(this.#shape.kernel, variant, this.#shape.overrides);
  }

  // Which family's tunings are tried is not known before its variant was measured.
  #compileAhead(candidate: Candidate): void {
    if (this.#context.gpu.adapter.isFallback) return;
    const { families } = this.#list;
    const own = families.map(([variant]) => variant);
    const family = families.find((members) => members.includes(candidate)) ?? own;
    const coming = own.includes(candidate) ? own : family;
    const from = coming.indexOf(candidate) + 1;
    for (const { variant } of coming.slice(from, from + COMPILES_AHEAD))
      this.#compile(variant).catch(() => {});
  }

  // Until two batches in a row take about as long as they should: GPUs that were idle become faster meanwhile.
  async #chooseBatch(compiled: CompiledKernel): Promise<void> {
    let batch = 1;
    for (let settled = 0, tries = 0; settled < 2 && tries < MAX_TRIES; tries++) {
      const ms = 1000 * (await this.#seconds(compiled, batch));
      const next = Math.round(batch * Math.min(4, BATCH_MS / Math.max(ms, 0.01)));
      const isRight = ms > BATCH_MS / 2 && (ms < BATCH_MS * 2 || batch === 1);
      settled = isRight ? settled + 1 : 0;
      if (!isRight) batch = Math.max(1, Math.min(MAX_BATCH, next));
    }
    this.#batch = batch;
  }

  // An eighth of a batch, which is also the warm-up of the pipeline; once more before it is given up.
  async #tooSlow(compiled: CompiledKernel): Promise<string | null> {
    const count = Math.max(1, Math.ceil(this.#batch / 8));
    const expectedMs = Math.max(1, (BATCH_MS * count) / this.#batch);
    let ms = 1000 * (await this.#seconds(compiled, count));
    if (ms > HOPELESS * expectedMs) ms = Math.min(ms, 1000 * (await this.#seconds(compiled, count)));
    return ms > HOPELESS * expectedMs ? `${(ms / expectedMs).toFixed(0)} times as slow as the default` : null;
  }

  // Layer by layer, so that every dispatch reads other weights than the one before, as in a decode step.
  #seconds(compiled: CompiledKernel, count: number): Promise<number> {
    const { members } = this.#shape;
    return this.#context.clock.measure((pass) => {
      for (let index = 0; index < count; index++) {
        const member = members[index % members.length];
        member.graph.encodeWith(pass, { tokens: 1, position: 0 }, member.index, compiled);
      }
    });
  }
}
