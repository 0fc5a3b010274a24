// The tail of a decode step: penalties, choice of the token, and advancing the state, all on the GPU.
import { advance, RING_SIZE } from '../../shaders/advance/kernel.ts';
import { argmax } from '../../shaders/argmax/kernel.ts';
import { packSettings } from '../../shaders/common/settings.ts';
import { penalize } from '../../shaders/penalize/kernel.ts';
import { sample } from '../../shaders/sample/kernel.ts';
import { type Graph, GraphBuilder } from '../gpu/graph.ts';
import type { LoadedModel } from '../loader/load-model.ts';
import type { SamplingSettings } from './sampling.ts';

/** The sampling tails of one model. Its buffers belong to the model's pool. */
export class Sampler {
  /** [RING_SIZE] u32 */
  readonly ring: GPUBuffer;
  readonly #device: GPUDevice;
  readonly #vocabulary: number;
  readonly #seen: GPUBuffer; // [V] u32
  readonly #settings: GPUBuffer; // 64 bytes
  readonly #tails: Readonly<Record<TailName, Graph>>;

  private constructor(model: LoadedModel, buffers: TailBuffers, tails: Record<TailName, Graph>) {
    this.#device = model.gpu.device;
    this.#vocabulary = model.shape.vocabularySize;
    this.ring = buffers.ring;
    this.#seen = buffers.seen;
    this.#settings = buffers.settings;
    this.#tails = tails;
  }

  /** Compiles the tails. */
  static async create(model: LoadedModel): Promise<Sampler> {
    const { pool, shape } = model;
    const buffers: TailBuffers = {
      ring: pool.storage('ring of ids', RING_SIZE * 4, 'scratch'),
      seen: pool.storage('seen', shape.vocabularySize * 4, 'scratch'),
      settings: pool.storage('sampling settings', 64, 'scratch'),
      chosen: pool.storage('chosen', 16, 'scratch'),
    };
    const build = (name: TailName) => buildTail(model, buffers, name);
    const [greedy, greedyPenalized, random, randomPenalized] = await Promise.all([
      build('greedy'),
      build('greedyPenalized'),
      build('random'),
      build('randomPenalized'),
    ]);
    return new Sampler(model, buffers, { greedy, greedyPenalized, random, randomPenalized });
  }

  /**
   * Begins a generation: uploads settings and marks the prompt as seen for the repetition penalty.
   * @returns the dispatches to append to every step of this generation
   */
  begin(settings: SamplingSettings, promptIds: readonly number[]): Graph {
    this.#device.queue.writeBuffer(this.#settings, 0, packSettings(settings));
    const penalized = settings.repetitionPenalty !== 1;
    if (penalized) {
      const seen = new Uint32Array(this.#vocabulary);
      for (const id of promptIds) seen[id] = 1;
      this.#device.queue.writeBuffer(this.#seen, 0, seen);
    }
    if (settings.temperature === 0) return penalized ? this.#tails.greedyPenalized : this.#tails.greedy;
    return penalized ? this.#tails.randomPenalized : this.#tails.random;
  }
}

type TailName = 'greedy' | 'greedyPenalized' | 'random' | 'randomPenalized';

interface TailBuffers {
  readonly ring: GPUBuffer;
  readonly seen: GPUBuffer;
  readonly settings: GPUBuffer;
  readonly chosen: GPUBuffer; // [4] u32
}

function buildTail(model: LoadedModel, buffers: TailBuffers, name: TailName): Promise<Graph> {
  const { ids, state, logits } = model.model.ports;
  const { ring, seen, settings, chosen } = buffers;
  const v = model.shape.vocabularySize;
  const builder = new GraphBuilder(model.gpu, model.pipelines, model.pool);
  if (name === 'greedyPenalized' || name === 'randomPenalized') {
    builder.add({
      label: 'penalize',
      kernel: penalize,
      buffers: { seen, settings, ids, logits },
      params: { v, parallel: 0 },
    });
  }
  if (name === 'greedy' || name === 'greedyPenalized') {
    builder.add({ label: 'argmax', kernel: argmax, buffers: { logits, chosen }, params: { v, stride: v } });
  } else {
    builder.add({
      label: 'sample',
      kernel: sample,
      buffers: { logits, settings, state, chosen },
      params: { v, stride: v, parallel: 0 },
    });
  }
  builder.add({
    label: 'advance',
    kernel: advance,
    buffers: { chosen, state, ids, ring, seen },
    params: { sequences: 1, v },
  });
  return builder.build(1);
}
