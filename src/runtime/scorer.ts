// Scores a sequence: the loss and the best token at every position in one prefill, and the divergence from a second model.
// Uses the model's activations and KV cache, so nothing else may run on either model meanwhile.
import { packState } from '../../shaders/common/state.ts';
import { klDivergence } from '../../shaders/kl-divergence/kernel.ts';
import { tokenLoss } from '../../shaders/token-loss/kernel.ts';
import { EngineError } from '../errors.ts';
import { BufferPool } from '../gpu/buffers.ts';
import { type Graph, GraphBuilder } from '../gpu/graph.ts';
import { mapForRead } from '../gpu/readback.ts';
import type { LoadedModel } from '../loader/load-model.ts';
import { ChunkSizer } from './chunk-size.ts';

/** Scores of T predictions. */
export interface TokenScores {
  /** [T] -log of the probability of the target, in nats. */
  readonly losses: Float32Array;
  /** [T] most likely id, the lowest on ties. */
  readonly best: Uint32Array;
  /** [T] KL(reference || model) in nats, and the reference's most likely ids; null without reference. */
  readonly reference: { readonly divergences: Float32Array; readonly best: Uint32Array } | null;
}

/** Logits of one pass, at most: the largest buffer that scoring allocates. */
const MAX_LOGITS_BYTES = 64 << 20;

/** One model's share: its pass, and the loss of its logits. */
interface Lane {
  readonly model: LoadedModel;
  readonly body: Graph;
  readonly loss: Graph;
  readonly logits: GPUBuffer; // [T, V] f32
  readonly targets: GPUBuffer; // [T] u32
  readonly losses: GPUBuffer; // [T] f32
  readonly logSumExp: GPUBuffer; // [T] f32
  readonly best: GPUBuffer; // [T] u32
}

interface ReferenceLane {
  readonly lane: Lane;
  readonly divergence: Graph;
  readonly divergences: GPUBuffer; // [T] f32
}

/** Scores with one model, or with one beside a reference. Not re-entrant. dispose() frees its buffers, not the models. */
export class Scorer {
  readonly #pool: BufferPool;
  readonly #lane: Lane;
  readonly #reference: ReferenceLane | null;
  readonly #maxTokens: number;
  /** Null: every pass is as large as it can be. */
  readonly #chunks: ChunkSizer | null;
  readonly #outputs: readonly GPUBuffer[];
  readonly #staging: GPUBuffer;

  private constructor(
    pool: BufferPool,
    lane: Lane,
    reference: ReferenceLane | null,
    { maxTokens, paced }: { readonly maxTokens: number; readonly paced: boolean },
  ) {
    this.#pool = pool;
    this.#lane = lane;
    this.#reference = reference;
    this.#maxTokens = maxTokens;
    this.#chunks = paced ? new ChunkSizer(maxTokens) : null;
    this.#outputs = [
      lane.losses,
      lane.best,
      ...(reference ? [reference.divergences, reference.lane.best] : []),
    ];
    this.#staging = pool.staging('scores', this.#outputs.length * maxTokens * 4);
  }

  /**
   * Allocates the logits of a pass (at most 64 MiB per model) and compiles the kernels.
   * @param options.reference a model on the same device, with the same vocabulary
   * @param options.paced true: passes stay near 40 ms, so that a page keeps painting; false (default): as large as they can be
   * @throws EngineError 'bad-argument' for models that cannot be compared, 'out-of-memory', 'gpu-error'
   */
  static async create(
    model: LoadedModel,
    { reference, paced = false }: { readonly reference?: LoadedModel; readonly paced?: boolean } = {},
  ): Promise<Scorer> {
    if (reference) checkPair(model, reference);
    const { device } = model.gpu;
    const rowBytes = model.shape.vocabularySize * 4;
    const limit = Math.min(MAX_LOGITS_BYTES, device.limits.maxStorageBufferBindingSize);
    const chunks = [model, ...(reference ? [reference] : [])].map(({ maxChunkTokens }) => maxChunkTokens);
    const maxTokens = Math.max(1, Math.min(...chunks, Math.floor(limit / rowBytes)));
    const pool = new BufferPool(device);
    device.pushErrorScope('out-of-memory');
    let scorer: Scorer | null = null;
    let failure: unknown = null;
    try {
      const lane = await createLane(model, pool, maxTokens);
      const other = reference ? await createReference(lane, reference, pool, maxTokens) : null;
      scorer = new Scorer(pool, lane, other, { maxTokens, paced });
    } catch (error) {
      failure = error;
    }
    const shortage = await device.popErrorScope();
    if (shortage === null && scorer !== null) return scorer;
    pool.dispose();
    if (shortage === null) throw failure;
    throw new EngineError(
      'out-of-memory',
      `The GPU has not enough memory to score with ${reference ? 'two models' : 'this model'}: ${shortage.message}. Use smaller models or smaller contexts.`,
    );
  }

  /**
   * Scores ids[1..] given the ids before each. Overwrites the KV cache of the models: reset their sequences.
   * @param ids T + 1 ids of the vocabulary, T from 1 to the context
   * @throws EngineError 'bad-argument', 'context-full', 'device-lost'; the signal's reason between two passes
   */
  async score(ids: readonly number[], signal?: AbortSignal): Promise<TokenScores> {
    const count = ids.length - 1;
    this.#check(ids);
    const results = this.#outputs.map(() => new Uint32Array(count));
    for (let position = 0; position < count; ) {
      signal?.throwIfAborted();
      const tokens = Math.min(this.#chunks?.tokens ?? this.#maxTokens, count - position);
      const startMs = performance.now();
      const words = await this.#pass(ids.slice(position, position + tokens + 1), position);
      this.#chunks?.record(tokens, performance.now() - startMs);
      results.forEach((result, index) => {
        result.set(words.subarray(index * tokens, (index + 1) * tokens), position);
      });
      position += tokens;
    }
    const [losses, best, divergences, referenceBest] = results;
    return {
      losses: new Float32Array(losses.buffer),
      best,
      reference: this.#reference && {
        divergences: new Float32Array(divergences.buffer),
        best: referenceBest,
      },
    };
  }

  /** Frees the buffers. */
  dispose(): void {
    this.#pool.dispose();
  }

  // One submit: every model's pass over ids[0..T-1], and T words of each output, one output after the other.
  async #pass(ids: readonly number[], position: number): Promise<Uint32Array> {
    const { device } = this.#lane.model.gpu;
    const tokens = ids.length - 1;
    const shape = { tokens, position };
    const lanes = [this.#lane, ...(this.#reference ? [this.#reference.lane] : [])];
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const { model, body, loss, targets } of lanes) {
      const { ports } = model.model;
      device.queue.writeBuffer(ports.ids, 0, Uint32Array.from(ids.slice(0, tokens)));
      device.queue.writeBuffer(ports.state, 0, packState(shape));
      device.queue.writeBuffer(targets, 0, Uint32Array.from(ids.slice(1)));
      for (const graph of [body, loss]) {
        graph.setTokens(tokens);
        graph.encode(pass, shape);
      }
    }
    this.#reference?.divergence.encode(pass, shape);
    pass.end();
    this.#outputs.forEach((buffer, index) => {
      encoder.copyBufferToBuffer(buffer, 0, this.#staging, index * tokens * 4, tokens * 4);
    });
    device.queue.submit([encoder.finish()]);
    const bytes = await mapForRead(device, this.#staging);
    const words = new Uint32Array(bytes.slice(0, this.#outputs.length * tokens * 4));
    this.#staging.unmap();
    return words;
  }

  #check(ids: readonly number[]): void {
    const { contextLength, shape } = this.#lane.model;
    const context = Math.min(contextLength, this.#reference?.lane.model.contextLength ?? contextLength);
    if (ids.length < 2) {
      throw new EngineError(
        'bad-argument',
        `The sequence to score has ${ids.length} tokens; at least 2 are needed. Give more text.`,
      );
    }
    if (ids.length - 1 > context) {
      throw new EngineError(
        'context-full',
        `The sequence to score has ${ids.length - 1} inputs; the context holds ${context}. Use a smaller window or load with a larger context.`,
        { details: { have: ids.length - 1, limit: context } },
      );
    }
    const strange = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= shape.vocabularySize);
    if (strange !== undefined) {
      throw new EngineError(
        'bad-argument',
        `Token id ${strange} is outside 0..${shape.vocabularySize - 1}. Use ids of this model's tokenizer.`,
      );
    }
  }
}

function checkPair(model: LoadedModel, reference: LoadedModel): void {
  if (model.gpu !== reference.gpu) throw new Error('the two models are on different devices');
  if (model === reference) throw new Error('the reference is the model itself');
  const [have, need] = [model.shape.vocabularySize, reference.shape.vocabularySize];
  if (have === need) return;
  throw new EngineError(
    'bad-argument',
    `The model has ${have} tokens, the reference ${need}; their distributions cannot be compared. Choose a reference with the same vocabulary.`,
    { details: { have, need } },
  );
}

async function createLane(model: LoadedModel, pool: BufferPool, maxTokens: number): Promise<Lane> {
  const row = (label: string) => pool.storage(label, maxTokens * 4, 'scratch');
  const { graph: body, logits } = await model.model.buildScoringPass(pool, maxTokens);
  const buffers = {
    logits,
    targets: row('targets'),
    loss: row('losses'),
    log_sum_exp: row('log-sum-exp'),
    best: row('best ids'),
  };
  const builder = new GraphBuilder(model.gpu, model.pipelines, pool);
  const params = { v: model.shape.vocabularySize };
  builder.add({ label: 'token loss', kernel: tokenLoss, buffers, params });
  const loss = await builder.build(1);
  const { targets, loss: losses, log_sum_exp: logSumExp, best } = buffers;
  return { model, body, loss, logits, targets, losses, logSumExp, best };
}

async function createReference(
  own: Lane,
  model: LoadedModel,
  pool: BufferPool,
  maxTokens: number,
): Promise<ReferenceLane> {
  const lane = await createLane(model, pool, maxTokens);
  const divergences = pool.storage('divergences', maxTokens * 4, 'scratch');
  const builder = new GraphBuilder(model.gpu, model.pipelines, pool);
  builder.add({
    label: 'divergence',
    kernel: klDivergence,
    buffers: {
      p_logits: lane.logits,
      p_log_sum_exp: lane.logSumExp,
      q_logits: own.logits,
      q_log_sum_exp: own.logSumExp,
      out: divergences,
    },
    params: { v: model.shape.vocabularySize },
  });
  return { lane, divergence: await builder.build(1), divergences };
}
