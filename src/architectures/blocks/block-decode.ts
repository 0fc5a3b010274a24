// One token in block arithmetic with fused dispatches: five or six per layer, and one each for embedding and head.
// Producers leave int8 activations in blocks of 32 with their sums of squares; the factor of a norm, which cancels out of
// the codes, is applied by the consumer. Every dispatch equals a run of dispatches of the plain graph in block arithmetic,
// apart from rounding. Models that the kernels do not fit take the plain graph.
import { blockAttention } from '../../../shaders/block-attention/kernel.ts';
import { blockEmbed } from '../../../shaders/block-embed/kernel.ts';
import { blockGateUp } from '../../../shaders/block-gate-up/kernel.ts';
import { blockMatvec } from '../../../shaders/block-matvec/kernel.ts';
import { blockMatvecResidual } from '../../../shaders/block-matvec-residual/kernel.ts';
import { blockMerge } from '../../../shaders/block-merge/kernel.ts';
import { blockMergeResidual } from '../../../shaders/block-merge-residual/kernel.ts';
import { UNGROUPED_SHIFT } from '../../../shaders/common/block/parts.ts';
import { FFN_ACTIVATION } from '../../../shaders/ffn-gate/kernel.ts';
import type { GraphBuilder, PassShape } from '../../gpu/graph.ts';
import type { KernelShape } from '../../gpu/kernel.ts';
import { besideBuffer, besideParams } from './block-outliers.ts';
import { type BlockLayer, type BlockMatrix, type BlockPlan, KEYS_PER_SPLIT } from './block-plan.ts';
import type { DecoderParts } from './decoder-parts.ts';

/** Activations between two fused dispatches. */
interface Quantized {
  readonly q: GPUBuffer; // [K/4] u32
  readonly act: GPUBuffer; // [K/32] vec2f
}

interface BlockScratch {
  readonly hidden: Quantized; // of D columns, before qkv, gate|up and the head
  readonly attention: Quantized; // of H * Dh columns
  readonly ffn: Quantized; // of F columns
  readonly partial: GPUBuffer; // [H, splits, Dh + 4] f32
  readonly splitsMax: number;
}

/** Adds the layers to `body` and the head of the token to `head`. Allocates a few kilobytes of scratch in the pool. */
export function addBlockDecode(
  builders: { readonly body: GraphBuilder; readonly head: GraphBuilder },
  parts: DecoderParts,
  plan: BlockPlan,
): void {
  const scratch = createScratch(parts);
  const { config } = parts;
  addEmbedding(builders.body, parts, plan, scratch);
  plan.layers.forEach((layer, index) => {
    addQkv(builders.body, parts, layer, scratch);
    addAttention(builders.body, parts, scratch, index);
    addOutput(builders.body, parts, { plan, layer, scratch, index });
    addGateUp(builders.body, parts, layer, scratch);
    addResidual(builders.body, parts, {
      label: `blk.${index} down`,
      matrix: layer.down,
      input: scratch.ffn,
      normed: plan.subNorms,
      output: scratch.hidden,
    });
  });
  for (const matrix of plan.head) {
    builders.head.add({
      label: 'head',
      kernel: blockMatvec,
      layout: matrix.layout,
      overrides: groupedOverride(matrix),
      buffers: { ...weightsOf(matrix), ...scratch.hidden, out: parts.ports.logits },
      params: { ...productParams(matrix, config.epsilon, true), m: matrix.rows, first_row: matrix.firstRow },
    });
  }
}

function createScratch({ config, context }: DecoderParts): BlockScratch {
  const { hiddenSize: D, ffnSize: F, heads: H, headDim: Dh } = config;
  const { pool, contextLength } = context;
  const quantized = (label: string, columns: number): Quantized => ({
    q: pool.storage(`${label} codes`, columns, 'scratch'),
    act: pool.storage(`${label} scales and squares`, columns / 4, 'scratch'),
  });
  const splitsMax = Math.ceil(contextLength / KEYS_PER_SPLIT);
  return {
    hidden: quantized('block hidden', D),
    attention: quantized('block attention', H * Dh),
    ffn: quantized('block ffn', F),
    partial: pool.storage('block attention partial', H * splitsMax * (Dh + 4) * 4, 'scratch'),
    splitsMax,
  };
}

function weightsOf(matrix: BlockMatrix) {
  const { weights, rowScale } = matrix;
  return { w: weights, row_scale: rowScale, beside: besideBuffer(matrix, rowScale) };
}

/** Rows with one scale each need no branch for groups. */
function groupedOverride({ groupShift }: BlockMatrix) {
  return { GROUPED: groupShift === UNGROUPED_SHIFT ? 0 : 1 };
}

function productParams(matrix: BlockMatrix, epsilon: number, normed: boolean): KernelShape {
  const { columns, groupShift } = matrix;
  return { k: columns, group_shift: groupShift, norm: normed ? 1 : 0, epsilon, ...besideParams(matrix) };
}

function addEmbedding(
  builder: GraphBuilder,
  { config, ports, scratch: { x } }: DecoderParts,
  { embedding }: BlockPlan,
  { hidden }: BlockScratch,
): void {
  builder.add({
    label: 'embedding',
    kernel: blockEmbed,
    layout: embedding.layout,
    buffers: {
      ids: ports.ids,
      w: embedding.weights,
      row_scale: embedding.rowScale,
      gain: embedding.gain,
      x,
      q_out: hidden.q,
      act_out: hidden.act,
    },
    params: { k: config.hiddenSize, group: embedding.groupSize, row_count: config.vocabularySize },
  });
}

function addQkv(
  builder: GraphBuilder,
  parts: DecoderParts,
  { qkv, label }: BlockLayer,
  { hidden }: BlockScratch,
) {
  builder.add({
    label: `${label} qkv`,
    kernel: blockMatvec,
    layout: qkv.layout,
    overrides: groupedOverride(qkv),
    buffers: { ...weightsOf(qkv), ...hidden, out: parts.scratch.qkv },
    params: { ...productParams(qkv, parts.config.epsilon, true), m: qkv.rows, first_row: 0 },
  });
}

function addAttention(builder: GraphBuilder, parts: DecoderParts, block: BlockScratch, index: number): void {
  const { config, context, ports, scratch, weights } = parts;
  const { queryNorm, keyNorm } = weights.layers[index];
  builder.add({
    label: `blk.${index} attention`,
    kernel: blockAttention,
    layout: scratch.cache.kind,
    buffers: {
      qkv: scratch.qkv,
      rope: scratch.rope,
      q_gain: queryNorm ?? scratch.rope,
      k_gain: keyNorm ?? scratch.rope,
      state: ports.state,
      k_cache: scratch.cache.keys[index],
      v_cache: scratch.cache.values[index],
      partial: block.partial,
    },
    params: {
      heads: config.heads,
      kv_heads: config.kvHeads,
      head_dim: config.headDim,
      capacity: context.contextLength,
      splits_max: block.splitsMax,
      interleaved: config.traits.ropePairs === 'interleaved' ? 1 : 0,
      head_norm: queryNorm === null ? 0 : 1,
      epsilon: config.epsilon,
    },
  });
}

function addMerge(
  builder: GraphBuilder,
  parts: DecoderParts,
  block: BlockScratch,
  index: number,
  when: (pass: PassShape) => boolean,
): void {
  const { config, ports, weights } = parts;
  const gain = weights.layers[index].attentionSubNorm;
  builder.add({
    label: `blk.${index} attention merge`,
    kernel: blockMerge,
    buffers: {
      partial: block.partial,
      state: ports.state,
      gain: gain ?? parts.scratch.rope,
      q_out: block.attention.q,
      act_out: block.attention.act,
    },
    params: {
      heads: config.heads,
      head_dim: config.headDim,
      splits_max: block.splitsMax,
      gained: gain === null ? 0 : 1,
    },
    when,
  });
}

interface OutputParts {
  readonly plan: BlockPlan;
  readonly layer: BlockLayer;
  readonly scratch: BlockScratch;
  readonly index: number;
}

// In one dispatch while the live splits are few, else in two.
function addOutput(builder: GraphBuilder, parts: DecoderParts, output: OutputParts): void {
  const { plan, layer, scratch, index } = output;
  const splits = layer.mergedSplits;
  const isFew = ({ position }: PassShape) => position < splits * KEYS_PER_SPLIT;
  if (splits > 0) addMergeResidual(builder, parts, output, isFew);
  if (splits >= scratch.splitsMax) return;
  const isMany = (pass: PassShape) => !isFew(pass);
  addMerge(builder, parts, scratch, index, isMany);
  addResidual(builder, parts, {
    label: `blk.${index} attention output`,
    matrix: layer.attentionOutput,
    input: scratch.attention,
    normed: plan.subNorms,
    output: scratch.hidden,
    when: isMany,
  });
}

function addMergeResidual(
  builder: GraphBuilder,
  { config, scratch, weights }: DecoderParts,
  { plan, layer, scratch: block, index }: OutputParts,
  when: (pass: PassShape) => boolean,
): void {
  const { attentionOutput: matrix } = layer;
  const subGain = weights.layers[index].attentionSubNorm;
  builder.add({
    label: `blk.${index} attention merge and output`,
    kernel: blockMergeResidual,
    layout: matrix.layout,
    overrides: groupedOverride(matrix),
    buffers: {
      ...weightsOf(matrix),
      partial: block.partial,
      sub_gain: subGain ?? scratch.rope,
      x: scratch.x,
      q_out: block.hidden.q,
      act_out: block.hidden.act,
    },
    params: {
      ...productParams(matrix, config.epsilon, plan.subNorms),
      m: matrix.rows,
      heads: config.heads,
      head_dim: config.headDim,
      splits_max: block.splitsMax,
      gained: subGain === null ? 0 : 1,
    },
    when,
  });
}

interface Residual {
  readonly label: string;
  readonly matrix: BlockMatrix;
  readonly input: Quantized;
  readonly normed: boolean;
  readonly output: Quantized;
  readonly when?: (pass: PassShape) => boolean;
}

function addResidual(builder: GraphBuilder, { config, scratch }: DecoderParts, residual: Residual): void {
  const { label, matrix, input, normed, output, when } = residual;
  builder.add({
    label,
    kernel: blockMatvecResidual,
    layout: matrix.layout,
    overrides: groupedOverride(matrix),
    buffers: {
      ...weightsOf(matrix),
      ...input,
      x: scratch.x,
      q_out: output.q,
      act_out: output.act,
    },
    params: { ...productParams(matrix, config.epsilon, normed), m: matrix.rows },
    when,
  });
}

function addGateUp(
  builder: GraphBuilder,
  { config }: DecoderParts,
  { gateUp, label }: BlockLayer,
  { hidden, ffn }: BlockScratch,
): void {
  const { silu, squaredRelu } = FFN_ACTIVATION;
  builder.add({
    label: `${label} gate and up`,
    kernel: blockGateUp,
    layout: gateUp.layout,
    overrides: groupedOverride(gateUp),
    buffers: {
      ...weightsOf(gateUp),
      ...hidden,
      q_out: ffn.q,
      act_out: ffn.act,
    },
    params: {
      ...productParams(gateUp, config.epsilon, true),
      f: config.ffnSize,
      activation: config.traits.activation === 'silu' ? silu : squaredRelu,
      gained: gateUp.gain === null ? 0 : 1,
    },
  });
}
