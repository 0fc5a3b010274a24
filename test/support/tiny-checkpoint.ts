// A one-layer BitNet checkpoint in memory: random ternary weights, packed or as master weights.

import { encodeBf16 } from '../../src/quant/bf16/format.ts';
import { BYTE_TO_CHAR } from '../../src/tokenizer/byte-map.ts';
import { buildSafetensors, type SafetensorsPart } from './safetensors-bytes.ts';

/** Ternary scale of every matrix: a power of two, so that no form of the checkpoint rounds it. */
export const TINY_SCALE = 0.125;

const SHAPE = { heads: 4, kvHeads: 2, headDim: 64, vocabulary: 264 } as const;

/** The sizes that a test may choose; those of the attention are fixed. */
export interface TinyWidths {
  readonly hidden: number;
  readonly ffn: number;
}

const WIDTHS: TinyWidths = { hidden: 256, ffn: 512 };

type MatrixShapes = Readonly<Record<string, readonly [rows: number, columns: number]>>;

function matrixShapes({ hidden, ffn }: TinyWidths): MatrixShapes {
  const { heads, kvHeads, headDim } = SHAPE;
  return {
    'self_attn.q_proj': [heads * headDim, hidden],
    'self_attn.k_proj': [kvHeads * headDim, hidden],
    'self_attn.v_proj': [kvHeads * headDim, hidden],
    'self_attn.o_proj': [hidden, heads * headDim],
    'mlp.gate_proj': [ffn, hidden],
    'mlp.up_proj': [ffn, hidden],
    'mlp.down_proj': [hidden, ffn],
  };
}

/** [rows, columns] of each matrix by its Hugging Face name, with the usual widths. */
export const TINY_MATRICES = matrixShapes(WIDTHS);

/** Codes of a matrix: seeded, about a third zeros. */
export function tinyCodes(name: string, [rows, columns] = TINY_MATRICES[name]): Int8Array {
  let state = [...name].reduce((sum, char) => sum * 31 + char.charCodeAt(0), 7) >>> 0;
  return Int8Array.from({ length: rows * columns }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state >>> 16) % 3) - 1;
  });
}

/** Packs codes as transformers does: four rows that are rows / 4 apart share a byte. */
export function packRows(codes: Int8Array, rows: number, columns: number): Uint8Array {
  const stride = rows / 4;
  const packed = new Uint8Array(stride * columns);
  codes.forEach((code, index) => {
    const row = Math.floor(index / columns);
    packed[(row % stride) * columns + (index % columns)] |= (code + 1) << (2 * Math.floor(row / stride));
  });
  return packed;
}

/** How the matrices are stored. */
export type TinyStorage = 'multiply' | 'divide' | 'ternary-floats' | 'random-master';

const QUANTIZATION: Readonly<Record<TinyStorage, unknown>> = {
  multiply: { quant_method: 'bitnet', linear_class: 'autobitlinear', quantization_mode: 'offline' },
  divide: { quant_method: 'bitnet' },
  'ternary-floats': undefined,
  'random-master': { quant_method: 'bitnet', linear_class: 'autobitlinear', quantization_mode: 'online' },
};

/** Floats of a tensor that is not quantised: seeded and exact in bf16. */
export function tinyFloats(count: number, base: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => base + ((index * 37) % 64) / 64);
}

/** The files of the checkpoint by name, for memoryFolder. */
export function tinyCheckpoint(
  storage: TinyStorage,
  widths: TinyWidths = WIDTHS,
): Record<string, string | Uint8Array> {
  const config = {
    architectures: ['BitNetForCausalLM'],
    hidden_act: 'relu2',
    hidden_size: widths.hidden,
    intermediate_size: widths.ffn,
    num_hidden_layers: 1,
    num_attention_heads: SHAPE.heads,
    num_key_value_heads: SHAPE.kvHeads,
    head_dim: SHAPE.headDim,
    rope_theta: 10000,
    rms_norm_eps: 1e-5,
    vocab_size: SHAPE.vocabulary,
    max_position_embeddings: 128,
    tie_word_embeddings: true,
    quantization_config: QUANTIZATION[storage],
  };
  return {
    'config.json': JSON.stringify(config),
    'tokenizer.json': JSON.stringify(tinyTokenizer()),
    'tokenizer_config.json': JSON.stringify({ bos_token: '<s>', eos_token: { content: '<|end|>' } }),
    'generation_config.json': JSON.stringify({ eos_token_id: [257, 258], temperature: 0.5, top_k: 40 }),
    'model.safetensors': buildSafetensors(tinyTensors(storage, widths)),
  };
}

function tinyTokenizer(): unknown {
  const special = ['<s>', '<|end|>', '<|stop|>'].map((content, index) => ({
    id: 256 + index,
    content,
    special: true,
  }));
  return {
    added_tokens: [...special, { id: 259, content: '<think>', special: false }],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
    model: {
      type: 'BPE',
      vocab: Object.fromEntries([...BYTE_TO_CHAR.entries()].map(([byte, char]) => [char, byte])),
      merges: [],
    },
  };
}

function tinyTensors(storage: TinyStorage, widths: TinyWidths): SafetensorsPart[] {
  const { hidden, ffn } = widths;
  const layer = 'model.layers.0';
  const floats = (name: string, base: number, ...shape: number[]): SafetensorsPart => ({
    name,
    dtype: 'BF16',
    shape,
    bytes: encodeBf16(
      tinyFloats(
        shape.reduce((a, b) => a * b, 1),
        base,
      ),
    ),
  });
  return [
    floats('model.embed_tokens.weight', -0.5, SHAPE.vocabulary, hidden),
    floats('model.norm.weight', 1, hidden),
    floats(`${layer}.input_layernorm.weight`, 1, hidden),
    floats(`${layer}.post_attention_layernorm.weight`, 1, hidden),
    floats(`${layer}.self_attn.attn_sub_norm.weight`, 1, SHAPE.heads * SHAPE.headDim),
    floats(`${layer}.mlp.ffn_sub_norm.weight`, 1, ffn),
    ...Object.entries(matrixShapes(widths)).flatMap(([name, shape]) =>
      tinyMatrix(tinyCodes(name, shape), shape, `${layer}.${name}.weight`, storage),
    ),
  ];
}

function tinyMatrix(
  codes: Int8Array,
  [rows, columns]: readonly [number, number],
  tensorName: string,
  storage: TinyStorage,
): SafetensorsPart[] {
  if (storage === 'ternary-floats' || storage === 'random-master') {
    const values = Float32Array.from(codes, (code, index) =>
      storage === 'ternary-floats' ? code * TINY_SCALE : code * 0.5 + ((index % 8) - 4) / 64,
    );
    return [{ name: tensorName, dtype: 'BF16', shape: [rows, columns], bytes: encodeBf16(values) }];
  }
  const scale = new Float32Array([storage === 'multiply' ? TINY_SCALE : 1 / TINY_SCALE]);
  return [
    { name: tensorName, dtype: 'U8', shape: [rows / 4, columns], bytes: packRows(codes, rows, columns) },
    { name: `${tensorName}_scale`, dtype: 'F32', shape: [1], bytes: new Uint8Array(scale.buffer) },
  ];
}
