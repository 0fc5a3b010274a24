// The peers' model as ONNX: the operators that exports of this family for onnxruntime consist of, weights by MatMulNBits.
// Sources: onnxruntime/docs/ContribOperators.md (GroupQueryAttention, SkipSimplifiedLayerNormalization, MatMulNBits);
// names of inputs, outputs and dimensions as transformers.js expects them.
import { f32ToF16 } from '../../../src/util/float16.ts';
import { EPSILON, ROPE_BASE } from '../gguf-model.ts';
import type { ModelPlan } from '../presets.ts';
import { type MatrixPlan, matrixScale, planMatrices, wholeMatrix } from '../ternary-weights.ts';
import { type CodeBits, matMulNBits } from './matmul-nbits.ts';
import { encodeOnnx, type OnnxNode, type OnnxTensor, type OnnxValue } from './onnx-model.ts';
import type { ProtoWriter } from './proto-writer.ts';

/** Columns per scale, and the arithmetic: int8 activations, which is what the fast path of the runtime needs. */
const BLOCK = 32;
const ACCURACY_LEVEL = 4;
/** Above this the table of the embedding is kept in f16: a model must stay below 2 GiB. */
const MAX_F32_TABLE_BYTES = 2 ** 28;
const KV_NAMES = ['key', 'value'] as const;

/** The model with logits of the last position only. @param bits of the codes of all matrices */
export function decoderModel(plan: ModelPlan, bits: CodeBits): ProtoWriter {
  return new DecoderBuilder(plan, bits).build();
}

class DecoderBuilder {
  readonly #plan: ModelPlan;
  readonly #bits: CodeBits;
  readonly #nodes: OnnxNode[] = [];
  readonly #tensors: OnnxTensor[] = [];
  readonly #matrices: ReadonlyMap<string, MatrixPlan>;

  constructor(plan: ModelPlan, bits: CodeBits) {
    this.#plan = plan;
    this.#bits = bits;
    this.#matrices = new Map(planMatrices(plan).map((matrix) => [matrix.name, matrix]));
  }

  build(): ProtoWriter {
    const { hiddenSize, layers, vocabularySize } = this.#plan;
    this.#addPositions();
    this.#addEmbedding();
    this.#constant('gain', 'float32', [hiddenSize], new Float32Array(hiddenSize).fill(1));
    this.#constant(
      'head_gain',
      'float32',
      [this.#plan.headDim],
      new Float32Array(this.#plan.headDim).fill(1),
    );
    this.#norm('embedded', 'gain', 'normed_0');
    let residual = 'embedded';
    for (let layer = 0; layer < layers; layer++) residual = this.#addLayer(layer, residual);
    this.#integers('last_from', [-1]);
    this.#integers('last_to', [2 ** 31 - 1]);
    this.#integers('axis_1', [1]);
    this.#add('Slice', [`normed_${layers}`, 'last_from', 'last_to', 'axis_1'], ['last']);
    this.#product('token_embd', 'last', 'logits', 'head');
    const cache = this.#cacheValues();
    return encodeOnnx({
      inputs: [
        { name: 'input_ids', type: 'int64', dims: ['batch_size', 'sequence_length'] },
        { name: 'attention_mask', type: 'int64', dims: ['batch_size', 'total_sequence_length'] },
        ...cache.past,
      ],
      outputs: [
        { name: 'logits', type: 'float32', dims: ['batch_size', 1, vocabularySize] },
        ...cache.present,
      ],
      nodes: this.#nodes,
      tensors: this.#tensors,
    });
  }

  #add(
    op: string,
    inputs: string[],
    outputs: string[],
    more: Pick<OnnxNode, 'domain' | 'attributes'> = {},
  ): void {
    this.#nodes.push({ op, inputs, outputs, ...more });
  }

  #constant(name: string, type: OnnxTensor['type'], dims: readonly number[], data: ArrayBufferView): void {
    this.#tensors.push({ name, type, dims, data });
  }

  #integers(name: string, values: readonly number[], dims: readonly number[] = [values.length]): void {
    this.#constant(name, 'int64', dims, BigInt64Array.from(values, BigInt));
  }

  /** Lengths for the attention: keys of each sequence less one, and keys in all; cosines and sines by position. */
  #addPositions(): void {
    const { contextLength, headDim } = this.#plan;
    this.#integers('axes_1', [1]);
    this.#integers('one', [1], []);
    this.#add('ReduceSum', ['attention_mask', 'axes_1'], ['mask_sum'], { attributes: { keepdims: 0 } });
    this.#add('Sub', ['mask_sum', 'one'], ['last_position']);
    this.#add('Cast', ['last_position'], ['seqlens_k'], { attributes: { to: 6 } });
    this.#add('Shape', ['attention_mask'], ['mask_shape']);
    this.#add('Gather', ['mask_shape', 'one'], ['total_length'], { attributes: { axis: 0 } });
    this.#add('Cast', ['total_length'], ['total_sequence'], { attributes: { to: 6 } });
    const half = headDim / 2;
    for (const [name, curve] of [
      ['cos_cache', Math.cos],
      ['sin_cache', Math.sin],
    ] as const) {
      const table = Float32Array.from({ length: contextLength * half }, (_, at) =>
        curve(Math.floor(at / half) * ROPE_BASE ** (-(at % half) / half)),
      );
      this.#constant(name, 'float32', [contextLength, half], table);
    }
  }

  #addEmbedding(): void {
    const table = this.#matrix('token_embd');
    const codes = wholeMatrix(table);
    const scale = matrixScale(table);
    const dims = [table.rows, table.columns];
    if (codes.length * 4 <= MAX_F32_TABLE_BYTES) {
      this.#constant(
        'table',
        'float32',
        dims,
        Float32Array.from(codes, (code) => code * scale),
      );
      this.#add('Gather', ['table', 'input_ids'], ['embedded']);
      return;
    }
    const halves = [-scale, 0, scale].map(f32ToF16);
    this.#constant(
      'table',
      'float16',
      dims,
      Uint16Array.from(codes, (code) => halves[code + 1]),
    );
    this.#add('Gather', ['table', 'input_ids'], ['embedded_half']);
    this.#add('Cast', ['embedded_half'], ['embedded'], { attributes: { to: 1 } });
  }

  #addLayer(layer: number, residual: string): string {
    const { heads, kvHeads, headDim } = this.#plan;
    const at = (name: string): string => `${name}_${layer}`;
    const blk = `blk.${layer}`;
    this.#product(`${blk}.attn_q`, at('normed'), at('q'));
    this.#product(`${blk}.attn_k`, at('normed'), at('k'));
    this.#product(`${blk}.attn_v`, at('normed'), at('v'));
    this.#headNorm(at('q'), at('q_normed'), heads);
    this.#headNorm(at('k'), at('k_normed'), kvHeads);
    const past = KV_NAMES.map((name) => `past_key_values.${layer}.${name}`);
    const present = KV_NAMES.map((name) => `present.${layer}.${name}`);
    this.#add(
      'GroupQueryAttention',
      [
        at('q_normed'),
        at('k_normed'),
        at('v'),
        ...past,
        'seqlens_k',
        'total_sequence',
        'cos_cache',
        'sin_cache',
      ],
      [at('attention'), ...present],
      {
        domain: 'com.microsoft',
        attributes: {
          num_heads: heads,
          kv_num_heads: kvHeads,
          scale: { float: 1 / Math.sqrt(headDim) },
          do_rotary: 1,
          rotary_interleaved: 0,
        },
      },
    );
    this.#product(`${blk}.attn_output`, at('attention'), at('attention_out'));
    this.#skipNorm(residual, at('attention_out'), at('ffn_normed'), at('middle'));
    this.#product(`${blk}.ffn_gate`, at('ffn_normed'), at('gate'));
    this.#product(`${blk}.ffn_up`, at('ffn_normed'), at('up'));
    this.#add('Sigmoid', [at('gate')], [at('sigmoid')]);
    this.#add('Mul', [at('gate'), at('sigmoid')], [at('silu')]);
    this.#add('Mul', [at('silu'), at('up')], [at('gated')]);
    this.#product(`${blk}.ffn_down`, at('gated'), at('down'));
    this.#skipNorm(at('middle'), at('down'), `normed_${layer + 1}`, at('residual'));
    return at('residual');
  }

  #product(matrixName: string, input: string, output: string, name = matrixName): void {
    const matrix = this.#matrix(matrixName);
    const { rows, columns } = matrix;
    const scales = new Float32Array((rows * columns) / BLOCK).fill(matrixScale(matrix));
    const form = { bits: this.#bits, block: BLOCK, accuracyLevel: ACCURACY_LEVEL } as const;
    const operand = { rows, columns, codes: wholeMatrix(matrix), scales };
    const { node, tensors } = matMulNBits(name, operand, form, { input, output });
    this.#nodes.push(node);
    this.#tensors.push(...tensors);
  }

  #norm(input: string, gain: string, output: string): void {
    this.#add('SimplifiedLayerNormalization', [input, gain], [output], {
      attributes: { axis: -1, epsilon: { float: EPSILON }, stash_type: 1 },
    });
  }

  #skipNorm(residual: string, added: string, normed: string, sum: string): void {
    this.#add('SkipSimplifiedLayerNormalization', [residual, added, 'gain'], [normed, '', '', sum], {
      domain: 'com.microsoft',
      attributes: { epsilon: { float: EPSILON } },
    });
  }

  /** Norm of each head: [batch, tokens, heads * headDim] seen as rows of headDim. */
  #headNorm(input: string, output: string, heads: number): void {
    const { headDim } = this.#plan;
    this.#integers(`${input}.split`, [0, -1, headDim]);
    this.#integers(`${input}.joined`, [0, -1, heads * headDim]);
    this.#add('Reshape', [input, `${input}.split`], [`${input}.heads`]);
    this.#norm(`${input}.heads`, 'head_gain', `${input}.heads_normed`);
    this.#add('Reshape', [`${input}.heads_normed`, `${input}.joined`], [output]);
  }

  #cacheValues(): { readonly past: OnnxValue[]; readonly present: OnnxValue[] } {
    const { layers, kvHeads, headDim } = this.#plan;
    const values = (prefix: string, length: string): OnnxValue[] =>
      Array.from({ length: layers }, (_, layer) =>
        KV_NAMES.map((name) => ({
          name: `${prefix}.${layer}.${name}`,
          type: 'float32' as const,
          dims: ['batch_size', kvHeads, length, headDim],
        })),
      ).flat();
    return {
      past: values('past_key_values', 'past_sequence_length'),
      present: values('present', 'total_sequence_length'),
    };
  }

  #matrix(name: string): MatrixPlan {
    const matrix = this.#matrices.get(name);
    if (!matrix) throw new Error(`the model has no matrix ${name}`);
    return matrix;
  }
}
