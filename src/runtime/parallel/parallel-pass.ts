// Several answers to one prompt side by side: the prompt's cache is copied into a slab for each, and a decode step takes a
// token of each. Every answer has its own random numbers, those of its seed alone.
import { RING_SIZE } from '../../../shaders/advance/kernel.ts';
import { packSettings } from '../../../shaders/common/settings.ts';
import type { ColumnPass } from '../../architectures/architecture.ts';
import { EngineError } from '../../errors.ts';
import type { BufferPool } from '../../gpu/buffers.ts';
import type { Graph, PassShape } from '../../gpu/graph.ts';
import type { LoadedModel } from '../../loader/load-model.ts';
import { buildTail, tailKind } from '../column-tail.ts';
import type { StepRange, StepSubmitter } from '../decode-ahead.ts';
import { IdReader } from '../id-reader.ts';
import { markSeen } from '../sampler.ts';
import type { SamplingSettings } from '../sampling.ts';

/** What answers side by side need. */
export interface ParallelOptions {
  /** 2 to MAX_COLUMNS. */
  readonly answers: number;
  /** Of the first answer; answer i has seed + i. */
  readonly settings: SamplingSettings;
  /** Tokens that each may have, the prompt counted. */
  readonly slabTokens: number;
}

/** The passes of one request. dispose() frees the slabs. */
export class ParallelPass {
  readonly #model: LoadedModel;
  readonly #pool: BufferPool;
  readonly #answers: number;
  readonly #pass: ColumnPass;
  readonly #firstTail: Graph;
  readonly #tail: Graph;
  readonly #reader: IdReader;

  private constructor(
    model: LoadedModel,
    pool: BufferPool,
    answers: number,
    parts: {
      readonly pass: ColumnPass;
      readonly firstTail: Graph;
      readonly tail: Graph;
      readonly ring: GPUBuffer;
    },
  ) {
    this.#model = model;
    this.#pool = pool;
    this.#answers = answers;
    this.#pass = parts.pass;
    this.#firstTail = parts.firstTail;
    this.#tail = parts.tail;
    this.#reader = new IdReader(pool, parts.ring, answers);
    parts.pass.graph.setTokens(answers);
  }

  /**
   * Allocates the slabs and uploads settings and the marks of the prompt.
   * @throws EngineError 'out-of-memory' when the slabs do not fit, 'gpu-error'
   */
  static async create(
    model: LoadedModel,
    promptIds: readonly number[],
    { answers, settings, slabTokens }: ParallelOptions,
  ): Promise<ParallelPass> {
    const { device } = model.gpu;
    const pool = model.pool.createChild();
    device.pushErrorScope('out-of-memory');
    let made: ParallelPass | null = null;
    let failure: unknown = null;
    try {
      const pass = await model.model.buildColumns(pool, { columns: answers, slabTokens });
      pass.graph.adopt([model.graphs.decode, model.graphs.decodeHead]);
      const v = model.shape.vocabularySize;
      const buffers = {
        ring: pool.storage('ring of ids of every answer', RING_SIZE * answers * 4, 'scratch'),
        seen: pool.storage('seen in every answer', v * answers * 4, 'scratch'),
        settings: pool.upload('sampling settings', packSettings(settings), 'scratch'),
        chosen: pool.storage('chosen', answers * 4, 'scratch'),
      };
      const marks = markSeen(promptIds, v);
      for (let answer = 0; answer < answers; answer++) {
        device.queue.writeBuffer(buffers.seen, answer * v * 4, marks);
      }
      const kind = tailKind(settings);
      const form = { columns: 'next', sequences: answers } as const;
      const { logits } = model.model.ports;
      const [firstTail, tail] = await Promise.all([
        buildTail(model, pool, { ...buffers, logits }, kind, { ...form, sharedLogits: true }),
        buildTail(model, pool, { ...buffers, logits: pass.logits }, kind, form),
      ]);
      made = new ParallelPass(model, pool, answers, { pass, firstTail, tail, ring: buffers.ring });
    } catch (error) {
      failure = error;
    }
    const shortage = await device.popErrorScope();
    if (made !== null && shortage === null) return made;
    const { kvCacheBytes } = pool.memory();
    pool.dispose();
    const isShort = shortage !== null || (failure instanceof EngineError && failure.code === 'out-of-memory');
    if (!isShort) throw failure;
    throw new EngineError(
      'out-of-memory',
      `The GPU has not enough memory for ${answers} answers of up to ${slabTokens} tokens side by side${kvCacheBytes > 0 ? ` (${kvCacheBytes} bytes of caches)` : ''}. Ask for fewer answers, a smaller maxTokens, or load the model with a smaller cache (kvCache).`,
      { cause: failure ?? undefined, details: { answers, slabTokens } },
    );
  }

  /** Submits the last pass of the prompt, the choice of every first token, and the copies of the cache. */
  finishPrefill(graphs: readonly Graph[], shape: PassShape): Promise<readonly number[]> {
    const { device } = this.#model.gpu;
    const encoder = device.createCommandEncoder();
    const compute = encoder.beginComputePass();
    for (const graph of graphs) graph.encode(compute, shape);
    this.#firstTail.encode(compute, { ...shape, columns: this.#answers });
    compute.end();
    this.#pass.copyCache(encoder, shape.position + shape.tokens);
    return this.#read(encoder, { firstStep: 0, count: 1 });
  }

  /** Steps after a prompt of so many tokens. */
  stepsAfter(promptTokens: number): StepSubmitter {
    const { device } = this.#model.gpu;
    return {
      submit: (step, read) => {
        const shape = { tokens: this.#answers, columns: this.#answers, position: promptTokens + step - 1 };
        const encoder = device.createCommandEncoder();
        const compute = encoder.beginComputePass();
        for (const graph of [this.#pass.graph, this.#tail]) graph.encode(compute, shape);
        compute.end();
        if (read !== null) return this.#read(encoder, read);
        device.queue.submit([encoder.finish()]);
        return null;
      },
      read: (range) => this.#read(device.createCommandEncoder(), range),
    };
  }

  /** Frees everything. Nothing may be in flight. */
  dispose(): void {
    this.#pool.dispose();
  }

  #read(encoder: GPUCommandEncoder, { firstStep, count }: StepRange): Promise<readonly number[]> {
    const { receive } = this.#reader.encode(encoder, firstStep, count);
    this.#model.gpu.device.queue.submit([encoder.finish()]);
    const ids = receive();
    ids.catch(() => {}); // discarded tokens must not count as an unhandled rejection when the device is lost
    return ids;
  }
}
