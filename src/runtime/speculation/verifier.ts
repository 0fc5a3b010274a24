// Verifies drafts on the GPU: one pass over the last token and the drafts after it, the choice of the model after each of
// them, and the choices that agree taken into the sequence. The next pass begins where the first disagreement was.
import { packState } from '../../../shaders/common/state.ts';
import { type ColumnPass, MAX_COLUMNS } from '../../architectures/architecture.ts';
import { EngineError } from '../../errors.ts';
import type { Graph } from '../../gpu/graph.ts';
import { readBuffer } from '../../gpu/readback.ts';
import type { LoadedModel } from '../../loader/load-model.ts';
import type { IdReader } from '../id-reader.ts';
import type { Sampler } from '../sampler.ts';
import type { SamplingSettings } from '../sampling.ts';

/** Columns that the comparison with decode steps takes. */
const TRIAL_IDS = [1, 2, 3, 1, 2, 3, 1, 2];

/** Word of the state that holds the number of tokens of the pass. */
const TOKENS_OFFSET = 4;

/** A verifier, or why there is none. */
export type VerifierOrReason = Verifier | { readonly unavailable: string };

/** Verifies the drafts of one sequence. Its buffers live as long as the model. */
export class Verifier {
  readonly #model: LoadedModel;
  readonly #pass: ColumnPass;
  readonly #columns: number;
  readonly #tailOf: (settings: SamplingSettings) => Graph;

  /** For tryVerifier. */
  constructor(
    model: LoadedModel,
    pass: ColumnPass,
    columns: number,
    tailOf: (settings: SamplingSettings) => Graph,
  ) {
    this.#model = model;
    this.#pass = pass;
    this.#columns = columns;
    this.#tailOf = tailOf;
  }

  /**
   * Builds the pass and compares it with decode steps, bit for bit: a compiler may order sums of the same source in two ways.
   * @param position where eight tokens of the KV cache may be overwritten
   * @returns the reason in words where drafts cannot be verified exactly
   * @throws EngineError 'gpu-error', 'device-lost'
   */
  static async create(model: LoadedModel, sampler: Sampler, position: number): Promise<VerifierOrReason> {
    if (!model.graphs.takesColumns) {
      return { unavailable: 'the fused kernels of block arithmetic take one token at a time' };
    }
    // Columns that share weights are a kernel of their own, which a compiler may treat otherwise.
    const ways = model.gpu.adapter.isFallback ? [false] : [true, false];
    let unavailable = '';
    for (const sharesWeights of ways) {
      const verifier = await tryVerifier(model, sampler, position, sharesWeights);
      if (verifier instanceof Verifier) return verifier;
      unavailable = verifier.unavailable;
    }
    return { unavailable };
  }

  /** Most tokens of a draft. */
  get maxDraft(): number {
    return this.#columns - 1;
  }

  /**
   * Verifies drafts after the token whose decode step would be next. Nothing may be in flight.
   * @param step number of that decode step's choice in the generation
   * @returns the ids that the model chooses there: the drafts up to the first wrong one, and one more
   */
  async verify(
    drafts: readonly number[],
    at: { readonly position: number; readonly step: number },
    settings: SamplingSettings,
    reader: IdReader,
  ): Promise<readonly number[]> {
    const { device } = this.#model.gpu;
    const { ports } = this.#model.model;
    const tokens = drafts.length + 1;
    device.queue.writeBuffer(ports.ids, 4, Uint32Array.from(drafts));
    device.queue.writeBuffer(ports.state, TOKENS_OFFSET, Uint32Array.of(tokens));
    const encoder = device.createCommandEncoder();
    this.#encode(encoder, [this.#pass.graph, this.#tailOf(settings)], { tokens, position: at.position });
    const { receive } = reader.encode(encoder, at.step, tokens);
    device.queue.submit([encoder.finish()]);
    const chosen = await receive();
    const wrong = drafts.findIndex((draft, index) => draft !== chosen[index]);
    return wrong < 0 ? chosen : chosen.slice(0, wrong + 1);
  }

  #encode(
    encoder: GPUCommandEncoder,
    graphs: readonly Graph[],
    { tokens, position }: { readonly tokens: number; readonly position: number },
  ): void {
    const compute = encoder.beginComputePass();
    for (const graph of graphs) {
      graph.setTokens(tokens);
      graph.encode(compute, { tokens, position, columns: tokens });
    }
    compute.end();
  }

  /** Logits whose bits are not those of a decode step at the same place; overwrites the cache from `position` on. */
  async countDifferences(position: number): Promise<number> {
    const { gpu, model, graphs, shape } = this.#model;
    const { device } = gpu;
    const columns = this.#columns;
    const ids = Uint32Array.from(TRIAL_IDS.slice(0, columns));
    const rowBytes = shape.vocabularySize * 4;
    const submit = (first: number, tokens: number, run: readonly Graph[]) => {
      const place = { tokens, position: position + first };
      device.queue.writeBuffer(model.ports.ids, 0, ids, first, tokens);
      device.queue.writeBuffer(model.ports.state, 0, packState(place));
      const encoder = device.createCommandEncoder();
      this.#encode(encoder, run, place);
      device.queue.submit([encoder.finish()]);
    };
    submit(0, columns, [this.#pass.graph]);
    const all = new Uint32Array(await readBuffer(device, this.#pass.logits, columns * rowBytes));
    let different = 0;
    for (let column = 0; column < columns; column++) {
      submit(column, 1, [graphs.decode, graphs.decodeHead]);
      const row = new Uint32Array(await readBuffer(device, model.ports.logits, rowBytes));
      different += row.filter((bits, i) => bits !== all[column * shape.vocabularySize + i]).length;
    }
    return different;
  }
}

async function tryVerifier(
  model: LoadedModel,
  sampler: Sampler,
  position: number,
  sharesWeights: boolean,
): Promise<VerifierOrReason> {
  const pool = model.pool.createChild();
  try {
    const columns = Math.min(MAX_COLUMNS, model.maxChunkTokens);
    const pass = await model.model.buildColumns(pool, { columns, slabTokens: null, sharesWeights });
    pass.graph.adopt([model.graphs.decode, model.graphs.decodeHead]);
    const tails = await sampler.buildDraftTails(pool, pass.logits);
    const verifier = new Verifier(model, pass, columns, tails);
    const different = await verifier.countDifferences(position);
    if (different === 0) return verifier;
    pool.dispose();
    return { unavailable: `${different} logits of a pass differ from those of decode steps on this device` };
  } catch (error) {
    pool.dispose();
    if (error instanceof EngineError && error.code === 'out-of-memory') return { unavailable: error.message };
    throw error;
  }
}
