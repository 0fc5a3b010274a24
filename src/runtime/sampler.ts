// The sampling of one sequence on the GPU: settings, what was seen, the ring of ids, and the tails of its decode steps.
import { RING_SIZE } from '../../shaders/advance/kernel.ts';
import { packSettings } from '../../shaders/common/settings.ts';
import { MAX_COLUMNS } from '../architectures/architecture.ts';
import type { BufferPool } from '../gpu/buffers.ts';
import type { Graph } from '../gpu/graph.ts';
import type { LoadedModel } from '../loader/load-model.ts';
import { buildTail, type TailBuffers, type TailKind, tailKind } from './column-tail.ts';
import type { SamplingSettings } from './sampling.ts';

const KINDS: readonly TailKind[] = [
  { greedy: true, penalized: false },
  { greedy: true, penalized: true },
  { greedy: false, penalized: false },
  { greedy: false, penalized: true },
];

/** The sampling tails of one model. Its buffers belong to the model's pool. */
export class Sampler {
  readonly #model: LoadedModel;
  readonly #buffers: Omit<TailBuffers, 'logits'>;
  readonly #tails: readonly Graph[]; // by place in KINDS

  private constructor(model: LoadedModel, buffers: Omit<TailBuffers, 'logits'>, tails: readonly Graph[]) {
    this.#model = model;
    this.#buffers = buffers;
    this.#tails = tails;
  }

  /** Compiles the tails. */
  static async create(model: LoadedModel): Promise<Sampler> {
    const { pool, shape } = model;
    const buffers = {
      ring: pool.storage('ring of ids', RING_SIZE * 4, 'scratch'),
      seen: pool.storage('seen', shape.vocabularySize * 4, 'scratch'),
      settings: pool.storage('sampling settings', 64, 'scratch'),
      chosen: pool.storage('chosen', MAX_COLUMNS * 4, 'scratch'),
    };
    const form = { columns: 'next', sequences: 1 } as const;
    const { logits } = model.model.ports;
    const tails = await Promise.all(
      KINDS.map((kind) => buildTail(model, pool, { ...buffers, logits }, kind, form)),
    );
    return new Sampler(model, buffers, tails);
  }

  /** [RING_SIZE] u32 */
  get ring(): GPUBuffer {
    return this.#buffers.ring;
  }

  /**
   * Begins a generation: uploads settings and marks the prompt as seen for the repetition penalty.
   * @returns the dispatches to append to every step of this generation
   */
  begin(settings: SamplingSettings, promptIds: readonly number[]): Graph {
    const { queue } = this.#model.gpu.device;
    queue.writeBuffer(this.#buffers.settings, 0, packSettings(settings));
    if (tailKind(settings).penalized) {
      queue.writeBuffer(this.#buffers.seen, 0, markSeen(promptIds, this.#model.shape.vocabularySize));
    }
    return this.#tails[placeOf(settings)];
  }

  /**
   * The tails for passes that verify drafts, with the same settings and marks; choose one by `draftTail`.
   * @param logits [columns, V] f32
   */
  async buildDraftTails(pool: BufferPool, logits: GPUBuffer): Promise<(settings: SamplingSettings) => Graph> {
    const form = { columns: 'drafts', sequences: 1 } as const;
    const tails = await Promise.all(
      KINDS.map((kind) => buildTail(this.#model, pool, { ...this.#buffers, logits }, kind, form)),
    );
    return (settings) => tails[placeOf(settings)];
  }
}

/** [V] u32: 1 at the ids of the prompt. */
export function markSeen(promptIds: readonly number[], vocabulary: number): Uint32Array<ArrayBuffer> {
  const seen = new Uint32Array(vocabulary);
  for (const id of promptIds) seen[id] = 1;
  return seen;
}

function placeOf(settings: SamplingSettings): number {
  const { greedy, penalized } = tailKind(settings);
  return KINDS.findIndex((kind) => kind.greedy === greedy && kind.penalized === penalized);
}
