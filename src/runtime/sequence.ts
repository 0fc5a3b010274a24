// One sequence: its KV cache, prefill of a prompt, and the decode loop with tokens in flight.
// Knows ids only; text, chat and queueing are elsewhere.
import { packState } from '../../shaders/common/state.ts';
import type { PrefillMode } from '../api/types.ts';
import { EngineError } from '../errors.ts';
import type { Graph, PassShape } from '../gpu/graph.ts';
import { readBuffer } from '../gpu/readback.ts';
import type { LoadedModel } from '../loader/load-model.ts';
import { IdReader } from './id-reader.ts';
import { Prefill } from './prefill.ts';
import { chooseReadBatch, stepsAhead } from './read-batch.ts';
import { Sampler } from './sampler.ts';
import { resolveSampling, type SamplingSettings } from './sampling.ts';

/** What a generation needs. */
export interface RunOptions {
  readonly settings: SamplingSettings;
  /** Most tokens to sample; at least 1. */
  readonly maxTokens: number;
  readonly signal?: AbortSignal;
  /** Ids of the next read-back, 1 to MAX_READ_BATCH: for tests. Default: chooseReadBatch. */
  readonly readBatch?: typeof chooseReadBatch;
  /** Called when the prompt is in the cache, with the number of tokens that were already there. */
  readonly onPrefilled?: (reusedTokens: number) => void;
}

/** Steps whose chosen ids one read-back brings. */
interface StepRange {
  readonly firstStep: number;
  readonly count: number;
}

const GREEDY = resolveSampling({ temperature: 0, seed: 1 }, {});
const FIRST_ID: StepRange = { firstStep: 0, count: 1 };

/** A sequence of one model. Not re-entrant: one run at a time. */
export class Sequence {
  readonly #model: LoadedModel;
  readonly #sampler: Sampler;
  readonly #reader: IdReader;
  readonly #prefiller: Prefill;
  readonly #onCpu: boolean;
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
    const tail = this.#sampler.begin(options.settings, promptIds);
    const inFlight: Promise<readonly number[]>[] = [];
    const sampled: number[] = [];
    let submitted = 0; // decode steps; step n feeds sampled[n]
    let read = 1; // ids whose read-back is submitted; the first comes with the prefill
    let firstIdMs = 0;
    const room = this.#model.contextLength - promptIds.length + 1;
    const limit = Math.min(options.maxTokens, room);
    const stopped = aborted(options.signal);
    try {
      const prefilled = await this.#prefill(promptIds, tail, options);
      if (!prefilled) return;
      inFlight.push(prefilled.firstId);
      while (sampled.length < limit) {
        const tokenMs = sampled.length > 1 ? (performance.now() - firstIdMs) / (sampled.length - 1) : null;
        const batch = (options.readBatch ?? chooseReadBatch)({ received: sampled.length, tokenMs });
        const ahead = stepsAhead(batch, this.#onCpu);
        while (submitted - sampled.length + 1 < ahead && submitted + 1 < limit) {
          submitted++;
          const due = submitted + 1 - read; // ids chosen by then and not yet asked for
          const isDue = due >= batch || submitted + 1 === limit;
          const position = promptIds.length + submitted - 1;
          const ids = this.#decode(position, tail, isDue ? { firstStep: read, count: due } : null);
          if (ids === null) continue;
          inFlight.push(ids);
          read += due;
        }
        if (inFlight.length === 0) {
          // The batch has become smaller than what was submitted in the hope of a larger one.
          const due = submitted + 1 - read;
          inFlight.push(this.#submitAndRead([], { tokens: 1, position: 0 }, { firstStep: read, count: due }));
          read += due;
        }
        const ids = await Promise.race([inFlight[0], stopped]);
        if (ids === null) return;
        inFlight.shift();
        if (sampled.length === 0) firstIdMs = performance.now();
        for (const id of ids) {
          sampled.push(id);
          yield id;
        }
      }
    } finally {
      const fed = Math.min(submitted, sampled.length);
      if (this.#cached.length >= promptIds.length) this.#cached = [...promptIds, ...sampled.slice(0, fed)];
      this.#drained = Promise.allSettled(inFlight);
    }
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

  // The first id is still on its way (wrapped, because an async function would wait for it); null when aborted.
  async #prefill(
    promptIds: readonly number[],
    tail: Graph,
    options: RunOptions,
  ): Promise<{ readonly firstId: Promise<readonly number[]> } | null> {
    // The last token always runs: its logits are needed.
    const reused = Math.min(commonPrefix(this.#cached, promptIds), promptIds.length - 1);
    this.#cached = this.#cached.slice(0, reused);
    const last = await this.#prefiller.run({
      promptIds,
      reused,
      signal: options.signal,
      onChunk: (ids) => this.#cached.push(...ids),
    });
    if (last === null) return null;
    const firstId = this.#submitAndRead([this.#model.graphs.head, tail], last, FIRST_ID);
    options.onPrefilled?.(reused);
    return { firstId };
  }

  // One step; with `read`, the ids of the steps up to and including this one that were not asked for before.
  #decode(position: number, tail: Graph, read: StepRange | null): Promise<readonly number[]> | null {
    const { graphs } = this.#model;
    const step = [graphs.decode, graphs.decodeHead, tail];
    if (read !== null) return this.#submitAndRead(step, { tokens: 1, position }, read);
    this.#submit(step, { tokens: 1, position });
    return null;
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
