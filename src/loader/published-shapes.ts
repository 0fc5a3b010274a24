// Shapes and metadata of published models, as GGUF plans without weights: for synthetic models of real size, as files
// (bench/models/) and on the GPU (synthetic-model.ts).
// Sources: the models' config.json and the tensor lists of their GGUF conversions.

import type { GgufNumberType, GgufValue } from '../gguf/values.ts';
import type { GgufTensorPlan } from '../gguf/writer.ts';
import { GGML_TYPE } from '../util/ggml-types.ts';

/** Storage of the matrices: the ggml type, and the block size where the id has two. */
export interface MatrixType {
  readonly type: number;
  readonly blockElements?: number;
}

/** One published model. */
export interface PublishedShape {
  readonly architecture: 'bitnet-b1.58' | 'qwen3';
  readonly name: string;
  readonly hiddenSize: number;
  readonly ffnSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly epsilon: number;
  readonly ropeBase: number;
  /** YaRN, where the model has it. */
  readonly yarn: { readonly factor: number; readonly originalContext: number } | null;
  readonly matrixTypes: Readonly<Record<string, MatrixType>>;
  /** Type of the embedding; null: the type of the matrices. */
  readonly embeddingType: number | null;
  /** The head is the embedding. Default true. */
  readonly tiedHead?: boolean;
}

const I2_S: MatrixType = { type: GGML_TYPE.I2_S };
const TQ2_0: MatrixType = { type: GGML_TYPE.TQ2_0 };
const Q1_0: MatrixType = { type: GGML_TYPE.Q1_0 };
const Q2_0: MatrixType = { type: GGML_TYPE.Q2_0, blockElements: 64 };
const Q2_0_GROUP_128: MatrixType = { type: GGML_TYPE.Q2_0, blockElements: 128 };

type BonsaiSizes = Pick<
  PublishedShape,
  'hiddenSize' | 'ffnSize' | 'layers' | 'heads' | 'ropeBase' | 'yarn' | 'tiedHead'
>;

/** What the Bonsai models share: Qwen 3, binary (q1_0) or ternary (q2_0) everywhere but in the norms. */
function bonsai(size: string, sizes: BonsaiSizes): PublishedShape {
  return {
    architecture: 'qwen3',
    name: `Synthetic weights in the shape of Bonsai ${size}`,
    kvHeads: 8,
    headDim: 128,
    vocabularySize: 151669,
    contextLength: 4 * (sizes.yarn?.originalContext ?? 8192),
    epsilon: 1e-6,
    matrixTypes: { q1_0: Q1_0, q2_0: Q2_0, q2_0_g128: Q2_0_GROUP_128 },
    embeddingType: null,
    ...sizes,
  };
}

/** By the name on the command line. The first matrix type is the published one. */
export const PUBLISHED_SHAPES: Readonly<Record<string, PublishedShape>> = {
  'bitnet-2b': {
    architecture: 'bitnet-b1.58',
    name: 'Synthetic weights in the shape of BitNet b1.58 2B4T',
    hiddenSize: 2560,
    ffnSize: 6912,
    layers: 30,
    heads: 20,
    kvHeads: 5,
    headDim: 128,
    vocabularySize: 128256,
    contextLength: 4096,
    epsilon: 1e-5,
    ropeBase: 500000,
    yarn: null,
    matrixTypes: { i2_s: I2_S, tq2_0: TQ2_0 },
    embeddingType: GGML_TYPE.F16,
  },
  'sterna-chat': {
    architecture: 'bitnet-b1.58',
    name: 'Synthetic weights in the shape of Sterna Chat',
    hiddenSize: 512,
    ffnSize: 1024,
    layers: 8,
    heads: 8,
    kvHeads: 4,
    headDim: 64,
    vocabularySize: 4096,
    contextLength: 1024,
    epsilon: 1e-5,
    ropeBase: 10000,
    yarn: null,
    matrixTypes: { i2_s: I2_S, tq2_0: TQ2_0 },
    embeddingType: GGML_TYPE.F16,
  },
  'bonsai-1.7b': bonsai('1.7B', {
    hiddenSize: 2048,
    ffnSize: 6144,
    layers: 28,
    heads: 16,
    ropeBase: 1000000,
    yarn: { factor: 4, originalContext: 8192 },
  }),
  'bonsai-4b': bonsai('4B', {
    hiddenSize: 2560,
    ffnSize: 9728,
    layers: 36,
    heads: 32,
    ropeBase: 5000000,
    yarn: { factor: 4, originalContext: 8192 },
  }),
  'bonsai-8b': bonsai('8B', {
    hiddenSize: 4096,
    ffnSize: 12288,
    layers: 36,
    heads: 32,
    ropeBase: 1000000,
    yarn: { factor: 4, originalContext: 16384 },
    tiedHead: false,
  }),
};

/** All tensors in file order: embedding, head unless tied, output norm, layers. */
export function planTensors(shape: PublishedShape, matrix: MatrixType): GgufTensorPlan[] {
  const { hiddenSize: D, vocabularySize: V } = shape;
  const embedding = shape.embeddingType === null ? matrix : { type: shape.embeddingType };
  const tensors: GgufTensorPlan[] = [
    { name: 'token_embd.weight', dims: [D, V], ...embedding },
    ...(shape.tiedHead === false ? [{ name: 'output.weight', dims: [D, V], ...embedding }] : []),
    { name: 'output_norm.weight', dims: [D], type: GGML_TYPE.F32 },
  ];
  for (let layer = 0; layer < shape.layers; layer++) tensors.push(...planLayer(shape, matrix, layer));
  return tensors;
}

function planLayer(shape: PublishedShape, matrix: MatrixType, layer: number): GgufTensorPlan[] {
  const { hiddenSize: D, ffnSize: F, headDim } = shape;
  const attention = shape.heads * headDim;
  const kv = shape.kvHeads * headDim;
  const name = (part: string): string => `blk.${layer}.${part}.weight`;
  const norm = (part: string, length: number) => ({ name: name(part), dims: [length], type: GGML_TYPE.F32 });
  const weight = (part: string, rows: number, columns: number) => ({
    name: name(part),
    dims: [columns, rows],
    ...matrix,
  });
  const innerNorms =
    shape.architecture === 'bitnet-b1.58'
      ? [norm('attn_sub_norm', attention), norm('ffn_sub_norm', F)]
      : [norm('attn_q_norm', headDim), norm('attn_k_norm', headDim)];
  return [
    norm('attn_norm', D),
    norm('ffn_norm', D),
    ...innerNorms,
    weight('attn_q', attention, D),
    weight('attn_k', kv, D),
    weight('attn_v', kv, D),
    weight('attn_output', D, attention),
    weight('ffn_gate', F, D),
    weight('ffn_up', F, D),
    weight('ffn_down', D, F),
  ];
}

/** The keys of the architecture; the tokenizer's come from synthetic-vocabulary.ts. */
export function planMetadata(shape: PublishedShape): Map<string, GgufValue> {
  const metadata = new Map<string, GgufValue>([
    ['general.architecture', { type: 'string', value: shape.architecture }],
    ['general.name', { type: 'string', value: shape.name }],
  ]);
  const add = (key: string, type: GgufNumberType, value: number): void => {
    metadata.set(`${shape.architecture}.${key}`, { type, value });
  };
  add('vocab_size', 'u32', shape.vocabularySize);
  add('context_length', 'u32', shape.contextLength);
  add('embedding_length', 'u32', shape.hiddenSize);
  add('block_count', 'u32', shape.layers);
  add('feed_forward_length', 'u32', shape.ffnSize);
  add('attention.head_count', 'u32', shape.heads);
  add('attention.head_count_kv', 'u32', shape.kvHeads);
  add('attention.key_length', 'u32', shape.headDim);
  add('attention.value_length', 'u32', shape.headDim);
  add('attention.layer_norm_rms_epsilon', 'f32', shape.epsilon);
  add('rope.dimension_count', 'u32', shape.headDim);
  add('rope.freq_base', 'f32', shape.ropeBase);
  if (shape.yarn !== null) {
    metadata.set(`${shape.architecture}.rope.scaling.type`, { type: 'string', value: 'yarn' });
    add('rope.scaling.factor', 'f32', shape.yarn.factor);
    add('rope.scaling.original_context_length', 'u32', shape.yarn.originalContext);
  }
  return metadata;
}
