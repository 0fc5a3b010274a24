// One sequence: its KV cache, prefill of a prompt, and the decode loop with tokens in flight.
// Knows ids only; text, chat and queueing are elsewhere.
import { packState } from '../../shaders/common/state.ts';
import type { PrefillMode, SpeculationMetrics, SpeculationMode } from '../api/types.ts';
import { MAX_COLUMNS } from '../architectures/architecture.ts';
import { EngineError } from '../errors.ts';
import type { Graph, PassShape } from '../gpu/graph.ts';
import { readBuffer, submittedWorkDone } from '../gpu/readback.ts';
import type { LoadedModel } from '../loader/load-model.ts';
import { DecodeAhead, type StepRange, type StepSubmitter } from './decode-ahead.ts';
import { IdReader } from './id-reader.ts';
import { ParallelPass } from './parallel/parallel-pass.ts';
import { Prefill } from './prefill.ts';
import { chooseReadBatch } from './read-batch.ts';
import { Sampler } from './sampler.ts';
import { resolveSampling, type SamplingSettings } from './sampling.ts';
import { SpeculationGate } from './speculation/gate.ts';
import { type Drafter, Speculator, unavailableSpeculation } from './speculation/speculator.ts';
import { Verifier, type VerifierOrReason } from './speculation/verifier.ts';
import { tokenLoop } from './token-loop.ts';

/** What a generation needs. */
export interface RunOptions {
  readonly settings: SamplingSettings;
  /** Most tokens to sample; at least 1. */
  readonly maxTokens: number;
  readonly signal?: AbortSignal;
  /** Ids of the next read-back, 1 to MAX_READ_BATCH: for tests. Default: chooseReadBatch. */
  readonly readBatch?: typeof chooseReadBatch;
  /** Default off. Never changes the ids. */
  readonly speculation?: SpeculationMode;
  /** What proposes drafts, with speculation: for tests. Default: a Speculator. */
  readonly drafter?: Drafter;
  /** Called at the end of a generation with speculation, or at its beginning when it is not possible. */
  readonly onSpeculated?: (metrics: SpeculationMetrics) => void;
  /** Called when the prompt is in the cache, with the number of tokens that were already there. */
  readonly onPrefilled?: (reusedTokens: number) => void;
}

/** Submits the last pass of a prompt with what chooses the first ids, and reads those. */
type FinishPrefill = (graphs: readonly Graph[], shape: PassShape) => Promise<readonly number[]>;

const GREEDY = resolveSampling({ temperature: 0, seed: 1 }, {});

/** A sequence of one model. Not re-entrant: one run at a time. */
export class Sequence {
  readonly #model: LoadedModel;
  readonly #sampler: Sampler;
  readonly #reader: IdReader;
  readonly #prefiller: Prefill;
  readonly #onCpu: boolean;
  readonly #gate = new SpeculationGate();
  #verifier: VerifierOrReason | null = null; // made when first asked for
  // Ids whose keys and values are in the cache, by position.
  #cached: number[] = [];
  #drained: Promise<unknown> = Promise.resolve();

  private constructor(model: LoadedModel, sampler: Sampler, prefill: PrefillMode) {
    this.#model = model;
    this.#sampler = sampler;
    this.#reader = new IdReader(model.pool, sampler.ring);
    this.#prefiller = new Prefill(model, prefill);
    this.#onCpu = model.gpu.adapter.isFallback;
  }

  /**
   * Compiles the sampling kernels for a loaded model.
   * @param options.prefill default `fast`: nothing else needs the GPU
   */
  static async create(
    model: LoadedModel,
    { prefill = 'fast' }: { readonly prefill?: PrefillMode } = {},
  ): Promise<Sequence> {
    return new Sequence(model, await Sampler.create(model), prefill);
  }

  /** Ids in the KV cache. */
  get cachedIds(): readonly number[] {
    return this.#cached;
  }

  /** The dispatches of one greedy decode step, in order; for measuring. Running them leaves the cache in disorder. */
  greedyStep(): readonly Graph[] {
    const { decode, decodeHead } = this.#model.graphs;
    return [decode, decodeHead, this.#sampler.begin(GREEDY, [])];
  }

  /** Forgets the cache; the next run prefills its whole prompt. */
  reset(): void {
    this.#cached = [];
  }

  /**
   * Prefills what the cache does not hold of the prompt, then yields sampled ids until maxTokens or the context is full.
   * Ending the iteration early is fine: tokens in flight are discarded. Ends silently when the signal aborts.
   * @throws EngineError 'context-full' when the prompt leaves no room for one token, 'bad-argument' for an empty prompt
   */
  async *run(promptIds: readonly number[], options: RunOptions): AsyncGenerator<number, void> {
    this.#checkPrompt(promptIds);
    await this.#drained;
    const { settings, signal, maxTokens, readBatch = chooseReadBatch } = options;
    const limit = Math.min(maxTokens, this.#model.contextLength - promptIds.length + 1);
    const speculation = await this.#speculate(promptIds, options);
    const tail = this.#sampler.begin(settings, promptIds);
    const finish: FinishPrefill = (graphs, shape) =>
      this.#submitAndRead([...graphs, tail], shape, { firstStep: 0, count: 1 });
    const first = await this.#prefill(promptIds, finish, options);
    if (first === null) return;
    const submitter = this.#stepsAfter(promptIds.length, tail);
    const ahead = new DecodeAhead(first.ids, submitter, { limit, width: 1, onCpu: this.#onCpu, readBatch });
    const sampled: number[] = [];
    let verifying: Promise<unknown> = Promise.resolve();
    try {
      const loop = tokenLoop(ahead, {
        limit,
        stopped: aborted(signal),
        speculation: speculation && {
          speculator: speculation.speculator,
          verify: (drafts, step) => {
            const at = { position: promptIds.length + step - 1, step };
            const ids = speculation.verifier.verify(drafts, at, settings, this.#reader);
            verifying = ids;
            return ids;
          },
        },
      });
      for await (const ids of loop) {
        for (const id of ids) {
          sampled.push(id);
          yield id;
        }
      }
    } finally {
      const fed = Math.min(ahead.submitted, sampled.length);
      if (this.#cached.length >= promptIds.length) this.#cached = [...promptIds, ...sampled.slice(0, fed)];
      this.#drained = Promise.allSettled([ahead.settled(), verifying]);
      if (speculation) options.onSpeculated?.(speculation.speculator.metrics());
    }
  }

  /** Whether runParallel can be used. */
  get takesParallel(): boolean {
    return this.#model.graphs.takesColumns;
  }

  /**
   * Prefills as `run`, then yields the ids of several answers, each with its own random numbers: answer i chooses what `run`
   * chooses with seed + i. An answer that has ended goes on all the same; its ids are to be ignored.
   * @param answers 2 to MAX_COLUMNS
   * @returns `answers` ids per step, one or more steps
   * @throws EngineError as `run`; 'out-of-memory' when the caches of the answers do not fit
   */
  async *runParallel(
    promptIds: readonly number[],
    answers: number,
    options: RunOptions,
  ): AsyncGenerator<readonly number[], void> {
    this.#checkPrompt(promptIds);
    await this.#drained;
    const { settings, signal, maxTokens, readBatch = chooseReadBatch } = options;
    const limit = Math.min(maxTokens, this.#model.contextLength - promptIds.length + 1);
    const slabTokens = Math.min(promptIds.length + limit, this.#model.contextLength);
    const pass = await ParallelPass.create(this.#model, promptIds, { answers, settings, slabTokens });
    let settled: Promise<unknown> = Promise.resolve();
    try {
      const finish: FinishPrefill = (graphs, shape) => pass.finishPrefill(graphs, shape);
      const first = await this.#prefill(promptIds, finish, options);
      if (first === null) return;
      const aheadOptions = { limit, width: answers, onCpu: this.#onCpu, readBatch };
      const ahead = new DecodeAhead(first.ids, pass.stepsAfter(promptIds.length), aheadOptions);
      try {
        yield* tokenLoop(ahead, { limit, stopped: aborted(signal), speculation: null });
      } finally {
        settled = ahead.settled();
      }
    } finally {
      this.#drained = settled.then(async () => {
        await submittedWorkDone(this.#model.gpu.device);
        pass.dispose();
      });
    }
  }

  // Null: not asked for, or not possible, which is reported.
  async #speculate(
    promptIds: readonly number[],
    { speculation = 'off', drafter, onSpeculated }: RunOptions,
  ): Promise<{ readonly speculator: Drafter; readonly verifier: Verifier } | null> {
    if (speculation === 'off') return null;
    const verifier = await this.#verifierOrReason();
    if (!(verifier instanceof Verifier)) {
      onSpeculated?.(unavailableSpeculation(verifier.unavailable));
      return null;
    }
    const speculator = drafter ?? new Speculator(this.#gate, promptIds, verifier.maxDraft);
    return { speculator, verifier };
  }

  async #verifierOrReason(): Promise<VerifierOrReason> {
    if (this.#verifier === null) {
      // Its trial overwrites what lies behind the cached tokens.
      this.#cached = this.#cached.slice(0, this.#model.contextLength - MAX_COLUMNS);
      this.#verifier = await Verifier.create(this.#model, this.#sampler, this.#cached.length);
    }
    return this.#verifier;
  }

  #stepsAfter(promptTokens: number, tail: Graph): StepSubmitter {
    const { graphs } = this.#model;
    const step = [graphs.decode, graphs.decodeHead, tail];
    return {
      submit: (index, read) => {
        const shape = { tokens: 1, position: promptTokens + index - 1 };
        if (read !== null) return this.#submitAndRead(step, shape, read);
        this.#submit(step, shape);
        return null;
      },
      read: (range) => this.#submitAndRead([], { tokens: 1, position: 0 }, range),
    };
  }

  /**
   * Logits after the prompt, for tests and tools; empties the cache first.
   * @param options.all one row per position instead of the last only
   * @returns [V] or [prompt, V] f32
   */
  async logits(
    promptIds: readonly number[],
    options: { readonly all?: boolean } = {},
  ): Promise<Float32Array> {
    this.#checkPrompt(promptIds);
    await this.#drained;
    this.#cached = [];
    const { graphs } = this.#model;
    const V = this.#model.shape.vocabularySize;
    const result = new Float32Array(options.all ? V * promptIds.length : V);
    const step = options.all ? 1 : this.#model.maxChunkTokens;
    for (let position = 0; position < promptIds.length; position += step) {
      const ids = promptIds.slice(position, position + step);
      this.#writePass(ids, position);
      const body = options.all ? graphs.decode : graphs.prefill;
      body.setTokens(ids.length);
      const head = options.all ? graphs.decodeHead : graphs.head;
      this.#submit([body, head], { tokens: ids.length, position });
      const row = options.all ? position : 0;
      result.set(await this.#readLogits(), row * V);
    }
    return result;
  }

  async #readLogits(): Promise<Float32Array> {
    const bytes = this.#model.shape.vocabularySize * 4;
    return new Float32Array(await readBuffer(this.#model.gpu.device, this.#model.model.ports.logits, bytes));
  }

  #checkPrompt(promptIds: readonly number[]): void {
    const { contextLength, shape } = this.#model;
    if (promptIds.length === 0) {
      throw new EngineError('bad-argument', 'The prompt has 0 tokens; at least 1 is needed. Give a prompt.');
    }
    const strange = promptIds.find((id) => !Number.isInteger(id) || id < 0 || id >= shape.vocabularySize);
    if (strange !== undefined) {
      throw new EngineError(
        'bad-argument',
        `Token id ${strange} is outside 0..${shape.vocabularySize - 1}. Use ids of this model's tokenizer.`,
      );
    }
    if (promptIds.length > contextLength) {
      throw new EngineError(
        'context-full',
        `The prompt has ${promptIds.length} tokens; the context holds ${contextLength}. Shorten the prompt or load the model with a larger contextLength.`,
        { details: { have: promptIds.length, limit: contextLength } },
      );
    }
  }

  // The first ids are still on their way (wrapped, because an async function would wait for them); null when aborted.
  async #prefill(
    promptIds: readonly number[],
    finish: FinishPrefill,
    { signal, onPrefilled }: Pick<RunOptions, 'signal' | 'onPrefilled'>,
  ): Promise<{ readonly ids: Promise<readonly number[]> } | null> {
    // The last token always runs: its logits are needed.
    const reused = Math.min(commonPrefix(this.#cached, promptIds), promptIds.length - 1);
    this.#cached = this.#cached.slice(0, reused);
    const last = await this.#prefiller.run({
      promptIds,
      reused,
      signal,
      onChunk: (ids) => this.#cached.push(...ids),
    });
    if (last === null) return null;
    const ids = finish([this.#model.graphs.head], last);
    onPrefilled?.(reused);
    return { ids };
  }

  #writePass(ids: readonly number[], position: number): void {
    const { queue } = this.#model.gpu.device;
    const { ports } = this.#model.model;
    queue.writeBuffer(ports.ids, 0, Uint32Array.from(ids));
    queue.writeBuffer(ports.state, 0, packState({ position, tokens: ids.length }));
  }

  #submit(graphs: readonly Graph[], shape: PassShape): void {
    const encoder = this.#encode(graphs, shape);
    this.#model.gpu.device.queue.submit([encoder.finish()]);
  }

  #submitAndRead(graphs: readonly Graph[], shape: PassShape, read: StepRange): Promise<readonly number[]> {
    const encoder = this.#encode(graphs, shape);
    const { receive } = this.#reader.encode(encoder, read.firstStep, read.count);
    this.#model.gpu.device.queue.submit([encoder.finish()]);
    const ids = receive();
    ids.catch(() => {}); // discarded tokens must not count as an unhandled rejection when the device is lost
    return ids;
  }

  #encode(graphs: readonly Graph[], shape: PassShape): GPUCommandEncoder {
    const encoder = this.#model.gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const graph of graphs) graph.encode(pass, shape);
    pass.end();
    return encoder;
  }
}

/** Length of the longest common prefix. */
export function commonPrefix(a: readonly number[], b: readonly number[]): number {
  const end = Math.min(a.length, b.length);
  for (let index = 0; index < end; index++) if (a[index] !== b[index]) return index;
  return end;
}

function aborted(signal: AbortSignal | undefined): Promise<null> {
  return new Promise((resolve) => {
    if (!signal) return;
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}
