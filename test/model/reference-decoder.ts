// A plain forward pass in f64, written from the papers and not from the engine: the oracle of the synthetic models.
// Reads dequantised weights through the storage formats, which have tests of their own, and knows nothing of a GPU.
import type { GgufFile } from '../../src/gguf/reader.ts';
import type { GgufTensorSet } from '../../src/loader/tensor-set.ts';
import { readQuantizationMetadata } from '../../src/quant/quantization-metadata.ts';
import { addBeside, type Beside, readBeside, rotateInput } from './reference-quantized.ts';

interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
  readonly bias: Float32Array | null;
  /** What quantised files of our own keep beside it. */
  readonly beside: Beside;
  /** Stored as integer codes. */
  readonly isCoded: boolean;
}

/** Weights by tensor name, all in memory. */
export type Weights = ReadonlyMap<string, Matrix>;

/** What the forward pass depends on besides the weights. */
export interface ReferenceModel {
  readonly weights: Weights;
  readonly architecture: string;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly epsilon: number;
  /** Clip of q, k, v; Infinity for none. */
  readonly limit: number;
  /** [Dh / 2] radians per position. */
  readonly frequencies: readonly number[];
  /** Rounding of the activations of matrices that are codes. */
  readonly activations: 'float' | 'int8' | 'int8-blocks';
  /** True: W1.58A8, in whatever arithmetic. */
  readonly isBitLinear: boolean;
}

/** Reads a whole model of a file. `frequencies` are the test's own, since scaled rotations are what it tests. */
export async function readReference(
  file: GgufFile,
  tensors: GgufTensorSet,
  options: Pick<ReferenceModel, 'frequencies' | 'activations' | 'isBitLinear'>,
): Promise<ReferenceModel> {
  const quantization = readQuantizationMetadata(file);
  const weights = new Map<string, Matrix>();
  for (const { name } of file.tensors.filter(({ name }) => name.endsWith('.weight'))) {
    const reader = tensors.open(name);
    const biasName = name.replace(/weight$/, 'bias');
    const bias = tensors.has(biasName) ? await tensors.open(biasName).readFloats(0, 1) : null;
    const scaleName = name.replace(/weight$/, 'scale');
    const scale = tensors.has(scaleName) ? (await tensors.open(scaleName).readFloats(0, 1))[0] : 1;
    const values = (await reader.readFloats(0, reader.rows)).map((value) => value * scale);
    const isCoded = reader.kind !== 'float';
    const beside = await readBeside(name, tensors, quantization?.rotation ?? null);
    weights.set(name, { rows: reader.rows, columns: reader.columns, values, bias, isCoded, beside });
  }
  const { fields } = file;
  const architecture = fields.string('general.architecture');
  const key = (name: string) => `${architecture}.${name}`;
  const heads = fields.integer(key('attention.head_count'));
  return {
    weights,
    architecture,
    layers: fields.integer(key('block_count')),
    heads,
    kvHeads: fields.integer(key('attention.head_count_kv')),
    headDim: need(weights, 'blk.0.attn_q.weight').rows / heads,
    epsilon:
      fields.optionalFloat(key('attention.layer_norm_rms_epsilon')) ??
      fields.float(key('attention.layer_norm_epsilon')),
    limit: fields.optionalFloat(key('attention.clamp_kqv')) ?? Number.POSITIVE_INFINITY,
    ...options,
  };
}

/** Logits at every position: [ids.length][vocabulary]. */
export function referenceLogits(model: ReferenceModel, ids: readonly number[]): number[][] {
  const embedding = need(model.weights, 'token_embd.weight');
  const head = model.weights.get('output.weight') ?? embedding;
  const states = ids.map((id) => [
    ...embedding.values.subarray(id * embedding.columns, (id + 1) * embedding.columns),
  ]);
  for (let layer = 0; layer < model.layers; layer++) runLayer(model, layer, states);
  return states.map((x) => product(head, mainNorm(model, 'output_norm.weight', x)));
}

function runLayer(model: ReferenceModel, layer: number, states: number[][]): void {
  const name = (part: string) => `blk.${layer}.${part}.weight`;
  const keys: number[][][] = [];
  const values: number[][][] = [];
  states.forEach((x, position) => {
    const n = mainNorm(model, name('attn_norm'), x);
    const project = (part: string) =>
      linear(model, name(part), n).map((v) => Math.max(-model.limit, Math.min(model.limit, v)));
    const queries = heads(project('attn_q'), model).map((q) =>
      rotate(model, headNorm(model, name('attn_q_norm'), q), position),
    );
    keys.push(
      heads(project('attn_k'), model).map((k) =>
        rotate(model, headNorm(model, name('attn_k_norm'), k), position),
      ),
    );
    values.push(heads(project('attn_v'), model));
    const group = model.heads / model.kvHeads;
    const attended = queries.flatMap((q, h) => {
      const kv = Math.floor(h / group);
      return attend(
        q,
        keys.map((k) => k[kv]),
        values.map((v) => v[kv]),
      );
    });
    const o = linear(model, name('attn_output'), subNorm(model, name('attn_sub_norm'), attended));
    for (let i = 0; i < x.length; i++) x[i] += o[i];
    const m = mainNorm(model, name('ffn_norm'), x);
    const gate = linear(model, name('ffn_gate'), m);
    const up = linear(model, name('ffn_up'), m);
    const isReluSquared = model.architecture === 'bitnet-b1.58';
    const hidden = gate.map((g, i) => (isReluSquared ? Math.max(g, 0) ** 2 : g / (1 + Math.exp(-g))) * up[i]);
    const down = linear(model, name('ffn_down'), subNorm(model, name('ffn_sub_norm'), hidden));
    for (let i = 0; i < x.length; i++) x[i] += down[i];
  });
}

function need(weights: Weights, name: string): Matrix {
  const found = weights.get(name);
  if (!found) throw new Error(`the model has no ${name}`);
  return found;
}

function product({ rows, columns, values, bias, beside }: Matrix, x: readonly number[]): number[] {
  const y = Array.from({ length: rows }, (_, row) => {
    let sum = bias?.[row] ?? 0;
    for (let k = 0; k < columns; k++) sum += values[row * columns + k] * x[k];
    return sum;
  });
  addBeside(beside, x, y);
  return y;
}

function linear(model: ReferenceModel, name: string, unrotated: readonly number[]): number[] {
  const matrix = need(model.weights, name);
  const x = rotateInput(matrix.beside, unrotated);
  if (model.activations === 'float' || !matrix.isCoded) return product(matrix, x);
  // OLMo-Bitnet: a parameter-free RMSNorm inside every linear layer.
  const input = model.isBitLinear && model.architecture === 'olmo' ? rms(x, model.epsilon) : x;
  const isBlocks = model.activations === 'int8-blocks';
  return product(matrix, isBlocks ? roundBlocks(input, 32, 0) : roundBlocks(input, input.length, 1e-5));
}

/** Each block of consecutive values as multiples of its largest magnitude (at least `floor`) over 127. */
function roundBlocks(x: readonly number[], block: number, floor: number): number[] {
  return Array.from({ length: x.length / block }, (_, b) => {
    const values = x.slice(b * block, (b + 1) * block);
    const scale = Math.max(floor, ...values.map(Math.abs)) / 127;
    return values.map((value) => (scale === 0 ? 0 : halfToEven(value / scale) * scale));
  }).flat();
}

function halfToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 && floor % 2 === 0 ? floor : Math.round(value);
}

function rms(x: readonly number[], epsilon: number): number[] {
  const r = 1 / Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length + epsilon);
  return x.map((v) => v * r);
}

function rmsWithGain(model: ReferenceModel, name: string, x: readonly number[]): number[] {
  const { values } = need(model.weights, name);
  return rms(x, model.epsilon).map((v, i) => v * values[i]);
}

function mainNorm(model: ReferenceModel, name: string, x: readonly number[]): number[] {
  if (model.architecture !== 'olmo') return rmsWithGain(model, name, x);
  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
  return rms(
    x.map((v) => v - mean),
    model.epsilon,
  );
}

function headNorm(model: ReferenceModel, name: string, x: readonly number[]): readonly number[] {
  return model.architecture === 'qwen3' ? rmsWithGain(model, name, x) : x;
}

function subNorm(model: ReferenceModel, name: string, x: readonly number[]): readonly number[] {
  return model.architecture.startsWith('bitnet') ? rmsWithGain(model, name, x) : x;
}

function heads(x: readonly number[], { headDim }: ReferenceModel): number[][] {
  return Array.from({ length: x.length / headDim }, (_, h) => x.slice(h * headDim, (h + 1) * headDim));
}

function rotate(model: ReferenceModel, x: readonly number[], position: number): number[] {
  const interleaved = model.architecture === 'llama' || model.architecture === 'olmo';
  const out = [...x];
  model.frequencies.forEach((frequency, i) => {
    const [a, b] = interleaved ? [2 * i, 2 * i + 1] : [i, i + x.length / 2];
    const angle = position * frequency;
    out[a] = x[a] * Math.cos(angle) - x[b] * Math.sin(angle);
    out[b] = x[b] * Math.cos(angle) + x[a] * Math.sin(angle);
  });
  return out;
}

function attend(
  q: readonly number[],
  keys: readonly (readonly number[])[],
  values: readonly (readonly number[])[],
): number[] {
  const scores = keys.map((k) => k.reduce((sum, v, i) => sum + v * q[i], 0) / Math.sqrt(q.length));
  const largest = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - largest));
  const total = weights.reduce((sum, w) => sum + w, 0);
  return q.map((_, i) => values.reduce((sum, v, t) => sum + (v[i] * weights[t]) / total, 0));
}
