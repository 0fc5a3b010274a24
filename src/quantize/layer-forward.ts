// The forward pass of a decoder on the CPU, a layer and a linear layer at a time: the calibration of GPTQ takes the input
// of each linear layer between the steps. For models of up to a few hundred million weights.
// Legend: T tokens, D hidden, F ffn, H heads, G kv heads, Dh head dim.

import type { DecoderConfig } from '../architectures/blocks/decoder-config.ts';
import { ropeFrequencies, ropeTable } from '../architectures/rope-table.ts';
import type { StatedActivations } from '../quant/quantization-metadata.ts';
import { quantizeActivations } from './activation-rounding.ts';
import { attend } from './causal-attention.ts';
import type { GainName } from './float-layer.ts';
import type { RotationPlan } from './fold-rotation.ts';
import { rotateRows } from './hadamard.ts';
import { product } from './product.ts';
import type { MatrixPart } from './recipe.ts';

/** A linear layer as it is used: [rows, columns] f32 with its bias. */
export interface LinearWeights {
  readonly values: Float32Array;
  readonly columns: number;
  readonly bias: Float32Array | null;
}

/** Weights of one layer. */
export interface LayerWeights {
  readonly matrices: Readonly<Record<MatrixPart, LinearWeights>>;
  readonly gains: ReadonlyMap<GainName, Float32Array>;
}

/** Options of LayerForward. */
export interface ForwardOptions {
  /** Tokens of one sequence; the states are sequences one after another. */
  readonly sequenceLength: number;
  /** Rotations of the inputs at run time, by layer. */
  readonly online: RotationPlan['online'];
  /** How the inputs of linear layers are rounded. */
  readonly activations: StatedActivations;
  /** [Dh / 2] divisors of the rotary frequencies; null: none. */
  readonly ropeFactors: Float32Array | null;
}

/** The states of all sequences on their way through the layers. */
export class LayerForward {
  /** [T, D] f32: the residual stream. */
  readonly states: Float32Array;
  readonly #config: DecoderConfig;
  readonly #options: ForwardOptions;
  readonly #rope: Float32Array;
  #layer = 0;

  /** @param states [T, D] f32: embeddings; changed by the steps */
  constructor(config: DecoderConfig, states: Float32Array, options: ForwardOptions) {
    this.states = states;
    this.#config = config;
    this.#options = options;
    const { headDim, ropeBase, ropeScaling } = config;
    const { frequencies, magnitude } = ropeFrequencies(headDim, ropeBase, {
      scaling: ropeScaling,
      factors: options.ropeFactors ?? undefined,
    });
    this.#rope = ropeTable(options.sequenceLength, headDim, { base: ropeBase, frequencies, magnitude });
  }

  /** [T, D] f32: input of q, k and v. */
  attentionInput(gains: LayerWeights['gains']): Float32Array {
    return this.#rotated(this.#normed(gains.get('attn_norm')), 'attn_q');
  }

  /** [T, H * Dh] f32: input of the output projection. @param x of attentionInput */
  outputInput(x: Float32Array, { matrices, gains }: LayerWeights): Float32Array {
    const config = this.#config;
    const project = (part: MatrixPart) => clip(this.linear(matrices[part], x), config.qkvLimit);
    const [q, k, v] = (['attn_q', 'attn_k', 'attn_v'] as const).map(project);
    const headGains = [gains.get('attn_q_norm'), gains.get('attn_k_norm')];
    [q, k].forEach((heads, index) => {
      const gain = headGains[index];
      if (gain !== undefined) normalise(heads, config.headDim, config.epsilon, gain);
      this.#turn(heads);
    });
    const attended = attend(q, k, v, config, this.#options.sequenceLength);
    return this.#rotated(attended, 'attn_output', gains.get('attn_sub_norm'));
  }

  /** [T, D] f32: input of gate and up, after the output projection of `x` was added. */
  feedForwardInput(x: Float32Array, output: LinearWeights, gains: LayerWeights['gains']): Float32Array {
    this.#add(this.linear(output, x));
    return this.#rotated(this.#normed(gains.get('ffn_norm')), 'ffn_gate');
  }

  /** [T, F] f32: input of the down projection. @param x of feedForwardInput */
  downInput(x: Float32Array, { matrices, gains }: LayerWeights): Float32Array {
    const hidden = this.linear(matrices.ffn_gate, x);
    const up = this.linear(matrices.ffn_up, x);
    const isSilu = this.#config.traits.activation === 'silu';
    for (let at = 0; at < hidden.length; at++) {
      const gate = hidden[at];
      hidden[at] = (isSilu ? gate / (1 + Math.exp(-gate)) : Math.max(gate, 0) ** 2) * up[at];
    }
    return this.#rotated(hidden, 'ffn_down', gains.get('ffn_sub_norm'));
  }

  /** Adds the down projection of `x` to the states: the layer is done. */
  finishLayer(x: Float32Array, down: LinearWeights): void {
    this.#add(this.linear(down, x));
    this.#layer++;
  }

  /** One whole layer. */
  runLayer(layer: LayerWeights): void {
    const { matrices, gains } = layer;
    const output = this.outputInput(this.attentionInput(gains), layer);
    const input = this.feedForwardInput(output, matrices.attn_output, gains);
    this.finishLayer(this.downInput(input, layer), matrices.ffn_down);
  }

  /** [T, V] f32 logits. @param gain of the output norm; undefined: LayerNorm */
  logits(gain: Float32Array | undefined, head: LinearWeights): Float32Array {
    return product(this.#normed(gain), head.values, head.columns);
  }

  /** A linear layer with its input rounded as the options say. */
  linear({ values, columns, bias }: LinearWeights, x: Float32Array): Float32Array {
    const { activations } = this.#options;
    if (activations === 'float') return product(x, values, columns, bias);
    const input = x.slice();
    if (this.#config.traits.linearNorm) normalise(input, columns, this.#config.epsilon, null);
    quantizeActivations(input, columns, activations);
    return product(input, values, columns, bias);
  }

  #normed(gain: Float32Array | undefined): Float32Array {
    const { hiddenSize, epsilon, traits } = this.#config;
    const x = this.states.slice();
    if (traits.norm === 'layer') subtractMeans(x, hiddenSize);
    normalise(x, hiddenSize, epsilon, gain ?? null);
    return x;
  }

  // The input of a matrix, in place: a norm where there is a gain, then the rotation.
  #rotated(x: Float32Array, part: MatrixPart, gain?: Float32Array): Float32Array {
    const columns = x.length / (this.states.length / this.#config.hiddenSize);
    if (gain !== undefined) normalise(x, columns, this.#config.epsilon, gain);
    const block = this.#options.online?.[this.#layer]?.get(part);
    if (block !== undefined) rotateRows(x, columns, block);
    return x;
  }

  #add(values: Float32Array): void {
    for (let at = 0; at < values.length; at++) this.states[at] += values[at];
  }

  /** Rotary positions in place. @param x [T, heads * Dh] */
  #turn(x: Float32Array): void {
    const { headDim, traits, hiddenSize } = this.#config;
    const half = headDim / 2;
    const width = x.length / (this.states.length / hiddenSize);
    const interleaved = traits.ropePairs === 'interleaved';
    for (let head = 0; head < x.length; head += headDim) {
      const position = Math.floor(head / width) % this.#options.sequenceLength;
      for (let i = 0; i < half; i++) {
        const a = head + (interleaved ? 2 * i : i);
        const b = head + (interleaved ? 2 * i + 1 : i + half);
        const cos = this.#rope[position * headDim + 2 * i];
        const sin = this.#rope[position * headDim + 2 * i + 1];
        const [first, second] = [x[a], x[b]];
        x[a] = first * cos - second * sin;
        x[b] = second * cos + first * sin;
      }
    }
  }
}

/** RMSNorm of each run of `columns`, in place. */
function normalise(x: Float32Array, columns: number, epsilon: number, gain: Float32Array | null): void {
  for (let row = 0; row < x.length; row += columns) {
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += x[row + k] * x[row + k];
    const r = 1 / Math.sqrt(sum / columns + epsilon);
    for (let k = 0; k < columns; k++) x[row + k] *= gain === null ? r : r * gain[k];
  }
}

function subtractMeans(x: Float32Array, columns: number): void {
  for (let row = 0; row < x.length; row += columns) {
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += x[row + k];
    for (let k = 0; k < columns; k++) x[row + k] -= sum / columns;
  }
}

function clip(x: Float32Array, limit: number | undefined): Float32Array {
  return limit === undefined ? x : x.map((value) => Math.max(-limit, Math.min(limit, value)));
}
