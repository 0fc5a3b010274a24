// Tiny models with random weights of any architecture and storage type, as GGUF bytes in memory. Seeded.
import { seededUniform } from '../../shaders/case.ts';
import type { GgufValue } from '../../src/gguf/values.ts';
import { GgufWriter } from '../../src/gguf/writer.ts';
import { encodeBf16 } from '../../src/quant/bf16/format.ts';
import { encodeF16 } from '../../src/quant/f16/format.ts';
import { encodeF32 } from '../../src/quant/f32/format.ts';
import { encodeI2s, encodeI2sTrailer } from '../../src/quant/i2_s/codec.ts';
import { encodeQ1_0 } from '../../src/quant/q1_0/codec.ts';
import { encodeQ2_0 } from '../../src/quant/q2_0/codec.ts';
import { encodeQ4_0 } from '../../src/quant/q4_0/codec.ts';
import { encodeQ8_0 } from '../../src/quant/q8_0/codec.ts';
import { type CodeTensorSpec, quantizationEntries } from '../../src/quant/quantization-metadata.ts';
import { encodeTq1_0 } from '../../src/quant/tq1_0/codec.ts';
import { encodeTq2_0 } from '../../src/quant/tq2_0/codec.ts';
import { MemorySink } from '../../src/util/byte-sink.ts';
import { f32ToF16 } from '../../src/util/float16.ts';
import { type OwnStorage, type Part, storeOwn, testSigns } from './synthetic-quantized.ts';

/** Sizes of every synthetic model. */
export const SIZES = { layers: 2, hidden: 256, ffn: 512, heads: 4, kvHeads: 2, headDim: 64, vocabulary: 320 };

/** Storage of a tensor. `ternary-` types hold codes times one scale for the whole tensor. */
export type Storage =
  | 'f32'
  | 'f16'
  | 'bf16'
  | 'q8_0'
  | 'q4_0'
  | 'q4_k'
  | 'q6_k'
  | 'q1_0'
  | 'q2_0'
  | 'tq1_0'
  | 'tq2_0'
  | 'ternary-tq1_0'
  | 'ternary-tq2_0'
  | 'ternary-i2_s';

/** What to make. */
export interface SyntheticModel {
  readonly name: string;
  readonly architecture: string;
  /** Storage of the layers' matrices, by tensor name. */
  readonly matrices: (tensor: string) => Storage;
  /** Storage of token_embd and, when it exists, of output. Default f16. */
  readonly tables?: Storage;
  /** Absent: the head is the embedding. */
  readonly untied?: boolean;
  /** Dimension of a head. Default SIZES.headDim. */
  readonly headDim?: number;
  /** Of every matrix. */
  readonly biases?: boolean;
  /** A factor beside every matrix: blk.N.attn_q.scale [1]. */
  readonly scales?: boolean;
  /** Storage of single matrices as only our own quantised files have it, by tensor name without `.weight`. */
  readonly own?: (tensor: string) => OwnStorage | undefined;
  /** Further metadata, without the architecture's prefix. */
  readonly keys?: Readonly<Record<string, GgufValue>>;
  /** Further metadata as it is. */
  readonly fileKeys?: Readonly<Record<string, GgufValue>>;
  /** Divisors in rope_freqs.weight. */
  readonly ropeFactors?: Float32Array;
}

const ENCODERS: Readonly<Record<Storage, { type: number; encode: (values: Float32Array) => Uint8Array }>> = {
  f32: { type: 0, encode: encodeF32 },
  f16: { type: 1, encode: encodeF16 },
  bf16: { type: 30, encode: encodeBf16 },
  q8_0: { type: 8, encode: encodeQ8_0 },
  q4_0: { type: 2, encode: encodeQ4_0 },
  q4_k: { type: 12, encode: (values) => randomBlocks(values, 256, 144, [0, 2]) },
  q6_k: { type: 14, encode: (values) => randomBlocks(values, 256, 210, [208]) },
  q1_0: { type: 41, encode: encodeQ1_0 },
  q2_0: { type: 42, encode: (values) => encodeQ2_0(values, 64) },
  tq1_0: { type: 34, encode: encodeTq1_0 },
  tq2_0: { type: 35, encode: encodeTq2_0 },
  'ternary-tq1_0': { type: 34, encode: (values) => encodeTq1_0(ternarize(values)) },
  'ternary-tq2_0': { type: 35, encode: (values) => encodeTq2_0(ternarize(values)) },
  'ternary-i2_s': { type: 36, encode: encodeTernaryI2s },
};

const TERNARY_SCALE = 1 / 16;

function ternarize(values: Float32Array): Float32Array {
  return values.map((value) => Math.max(-1, Math.min(1, Math.round(value / TERNARY_SCALE))) * TERNARY_SCALE);
}

function encodeTernaryI2s(values: Float32Array): Uint8Array {
  const codes = Int8Array.from(ternarize(values), (value) => Math.round(value / TERNARY_SCALE));
  return Uint8Array.of(...encodeI2s(codes), ...encodeI2sTrailer(TERNARY_SCALE));
}

// No encoder exists for these formats, and none is needed: any bytes are a valid block once its f16 scales are sane.
function randomBlocks(
  values: Float32Array,
  blockElements: number,
  blockBytes: number,
  scaleOffsets: readonly number[],
): Uint8Array {
  const random = seededUniform(values.length + blockBytes);
  const bytes = new Uint8Array((values.length / blockElements) * blockBytes).map(() =>
    Math.floor(128 * (random() + 1)),
  );
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += blockBytes) {
    for (const offset of scaleOffsets) view.setUint16(at + offset, f32ToF16(1e-4 * (1 + random() / 2)), true);
  }
  return bytes;
}

/** GGUF bytes of a model; another seed gives other weights. */
export async function makeSynthetic(model: SyntheticModel, seed: number): Promise<Uint8Array> {
  const { parts, codes, rotations } = listParts(model, seed);
  const metadata = new Map([...metadataOf(model), ...ownMetadata(codes, rotations)]);
  const sink = new MemorySink();
  const writer = new GgufWriter(sink, { metadata, tensors: parts });
  await writer.writeHeader();
  for (const { name, bytes } of parts) await writer.writeTensor(name, [bytes]);
  writer.finish();
  return sink.bytes();
}

function metadataOf({
  architecture,
  keys = {},
  fileKeys = {},
  headDim = SIZES.headDim,
}: SyntheticModel): Map<string, GgufValue> {
  const u32 = (value: number): GgufValue => ({ type: 'u32', value });
  const epsilonKey = architecture === 'olmo' ? 'layer_norm_epsilon' : 'layer_norm_rms_epsilon';
  const own: Record<string, GgufValue> = {
    context_length: u32(512),
    embedding_length: u32(SIZES.hidden),
    block_count: u32(SIZES.layers),
    feed_forward_length: u32(SIZES.ffn),
    'attention.head_count': u32(SIZES.heads),
    'attention.head_count_kv': u32(SIZES.kvHeads),
    'attention.key_length': u32(headDim),
    'rope.freq_base': { type: 'f32', value: 10000 },
    [`attention.${epsilonKey}`]: { type: 'f32', value: 1e-5 },
    ...keys,
  };
  return new Map<string, GgufValue>([
    ['general.architecture', { type: 'string', value: architecture }],
    ...Object.entries(own).map(([key, value]) => [`${architecture}.${key}`, value] as const),
    ...Object.entries(fileKeys),
  ]);
}

function ownMetadata(
  codes: ReadonlyMap<string, CodeTensorSpec>,
  rotations: ReadonlyMap<string, number>,
): readonly (readonly [string, GgufValue])[] {
  if (codes.size === 0 && rotations.size === 0) return [];
  const signs = new Map([
    [SIZES.ffn, testSigns(SIZES.ffn)],
    [SIZES.hidden, testSigns(SIZES.hidden)],
  ]);
  return quantizationEntries({
    recipe: 'test',
    bitsPerWeight: 1,
    activations: null,
    codes,
    rotation: rotations.size > 0 ? { blockSizes: rotations, signs } : null,
    residual: null,
  });
}

interface Listed {
  readonly parts: readonly Part[];
  readonly codes: ReadonlyMap<string, CodeTensorSpec>;
  readonly rotations: ReadonlyMap<string, number>;
}

function listParts(model: SyntheticModel, seed: number): Listed {
  const { hidden, ffn, heads, kvHeads, vocabulary, layers } = SIZES;
  const { architecture, headDim = SIZES.headDim, tables = 'f16' } = model;
  const nameHash = [...model.name].reduce((hash, char) => Math.imul(hash, 31) + char.charCodeAt(0), 7);
  const random = seededUniform(nameHash + seed);
  const parts: Part[] = [];
  const codes = new Map<string, CodeTensorSpec>();
  const rotations = new Map<string, number>();
  const add = (name: string, dims: readonly number[], storage: Storage, center = 0, spread = 1) => {
    const count = dims.reduce((product, size) => product * size, 1);
    const values = Float32Array.from({ length: count }, () => center + spread * random());
    const { type, encode } = ENCODERS[storage];
    const own = model.own?.(name.replace(/\.weight$/, ''));
    if (own === undefined) {
      parts.push({ name, dims, type, bytes: encode(values) });
      return;
    }
    const [columns, rows] = dims;
    const matrix = { name: name.replace(/\.weight$/, ''), rows, columns, values };
    const stored = storeOwn(matrix, own, (base) => ({ type, bytes: encode(base) }));
    parts.push(...stored.parts);
    for (const [tensor, spec] of stored.codes) codes.set(tensor, spec);
    if (own.rotation !== undefined) rotations.set(name, own.rotation);
  };
  const gain = (name: string, size: number) => add(name, [size], 'f32', 1, 0.2);
  const matrix = (name: string, columns: number, rows: number) => {
    add(`${name}.weight`, [columns, rows], model.matrices(name), 0, Math.sqrt(3 / columns));
    if (model.biases) add(`${name}.bias`, [rows], 'f32', 0, 0.5);
    if (model.scales) add(`${name}.scale`, [1], 'f32', 1, 0.5);
  };
  const hasGains = architecture !== 'olmo';
  const isBitnet = architecture.startsWith('bitnet');
  add('token_embd.weight', [hidden, vocabulary], tables);
  for (let layer = 0; layer < layers; layer++) {
    const at = `blk.${layer}.`;
    if (hasGains) gain(`${at}attn_norm.weight`, hidden);
    matrix(`${at}attn_q`, hidden, heads * headDim);
    matrix(`${at}attn_k`, hidden, kvHeads * headDim);
    matrix(`${at}attn_v`, hidden, kvHeads * headDim);
    if (architecture === 'qwen3') {
      gain(`${at}attn_q_norm.weight`, headDim);
      gain(`${at}attn_k_norm.weight`, headDim);
    }
    if (isBitnet) gain(`${at}attn_sub_norm.weight`, heads * headDim);
    matrix(`${at}attn_output`, heads * headDim, hidden);
    if (hasGains) gain(`${at}ffn_norm.weight`, hidden);
    matrix(`${at}ffn_gate`, hidden, ffn);
    matrix(`${at}ffn_up`, hidden, ffn);
    if (isBitnet) gain(`${at}ffn_sub_norm.weight`, ffn);
    matrix(`${at}ffn_down`, ffn, hidden);
  }
  if (hasGains) gain('output_norm.weight', hidden);
  if (model.untied) add('output.weight', [hidden, vocabulary], tables, 0, Math.sqrt(3 / hidden));
  if (model.ropeFactors) {
    const { length } = model.ropeFactors;
    parts.push({ name: 'rope_freqs.weight', dims: [length], type: 0, bytes: encodeF32(model.ropeFactors) });
  }
  return { parts, codes, rotations };
}
