// bitnet-b1.58: the forward pass in exact mode (per-token absmax int8), as lists of dispatches.
// Legend: T tokens, D hidden, F ffn, H heads, G kv heads, Dh head dim, S context, V vocabulary.
// Source of the structure: Hugging Face models/bitnet/modeling_bitnet.py (sub-norms, squared ReLU, half-split RoPE).
import { attentionDecode } from '../../../shaders/attention-decode/kernel.ts';
import { attentionMerge } from '../../../shaders/attention-merge/kernel.ts';
import { attentionPrefill } from '../../../shaders/attention-prefill/kernel.ts';
import { KEYS_PER_SPLIT } from '../../../shaders/common/attention-split.ts';
import { ffnGate } from '../../../shaders/ffn-gate/kernel.ts';
import { rmsNorm } from '../../../shaders/rms-norm/kernel.ts';
import { rmsNormQuantize } from '../../../shaders/rms-norm-quantize/kernel.ts';
import { ropeKvWrite } from '../../../shaders/rope-kv-write/kernel.ts';
import { GraphBuilder } from '../../gpu/graph.ts';
import type { BuildContext, ModelGraphs, ModelPorts } from '../architecture.ts';
import { addBitPlanes, type QuantizedActivations, ternaryLayout } from '../blocks/ternary-linear.ts';
import { ropeTable } from '../rope-table.ts';
import type { BitnetConfig } from './config.ts';
import type { BitnetLayer, BitnetWeights } from './tensors.ts';

type Mode = 'decode' | 'prefill';

const SQUARED_RELU = 0;

/** Activation buffers of a pass; all belong to the pool. */
export interface BitnetScratch {
  readonly x: GPUBuffer; // [T, D] f32, the residual stream
  readonly quantized: QuantizedActivations; // of max(D, H * Dh, F) columns
  readonly qkv: GPUBuffer; // [T, (H + 2G) * Dh] f32
  readonly query: GPUBuffer; // [T, H * Dh] f32
  readonly partial: GPUBuffer; // [H, splits, Dh] f32
  readonly partialMl: GPUBuffer; // [H, splits, 2] f32
  readonly attention: GPUBuffer; // [T, H * Dh] f32
  readonly gateUp: GPUBuffer; // [T, 2F] f32
  readonly hidden: GPUBuffer; // [T, F] f32
  readonly normed: GPUBuffer; // [D] f32, input of the head
  readonly rope: GPUBuffer; // [S, Dh / 2, 2] f32
  readonly keys: readonly GPUBuffer[]; // per layer [G, S, Dh] f32
  readonly values: readonly GPUBuffer[]; // per layer [G, S, Dh] f32
}

/** Allocates scratch and KV cache. @throws EngineError 'out-of-memory' */
export function createScratch(config: BitnetConfig, context: BuildContext): BitnetScratch {
  const { hiddenSize: D, ffnSize: F, heads: H, kvHeads: G, headDim: Dh } = config;
  const { pool, contextLength: S, maxChunkTokens: T } = context;
  const scratch = (label: string, floats: number) => pool.storage(label, floats * 4, 'scratch');
  const widest = Math.max(D, H * Dh, F);
  const splits = Math.ceil(S / KEYS_PER_SPLIT);
  const cache = (kind: string) =>
    Array.from({ length: config.layers }, (_, layer) =>
      pool.storage(`blk.${layer} ${kind}`, G * S * Dh * 4, 'kv-cache'),
    );
  return {
    x: scratch('x', T * D),
    quantized: {
      q: scratch('q', (T * widest) / 4),
      scale: scratch('q scale', T),
      planes: ternaryLayout(context.gpu) === 'P' ? scratch('q planes', (T * widest) / 4) : null,
    },
    qkv: scratch('qkv', T * (H + 2 * G) * Dh),
    query: scratch('query', T * H * Dh),
    partial: scratch('attention partial', H * splits * Dh),
    partialMl: scratch('attention partial max and sum', H * splits * 2),
    attention: scratch('attention', T * H * Dh),
    gateUp: scratch('gate and up', T * 2 * F),
    hidden: scratch('ffn hidden', T * F),
    normed: scratch('head input', D),
    rope: pool.upload('rope', ropeTable(S, Dh, { base: config.ropeBase }), 'scratch'),
    keys: cache('keys'),
    values: cache('values'),
  };
}

/** Bytes of keys and values that one decode step reads with `position` tokens in the cache. */
export function cacheBytesPerToken(config: BitnetConfig, position: number): number {
  return config.layers * 2 * config.kvHeads * config.headDim * 4 * (position + 1);
}

/** Everything that the graphs are made of. */
export interface BitnetParts {
  readonly config: BitnetConfig;
  readonly weights: BitnetWeights;
  readonly scratch: BitnetScratch;
  readonly ports: ModelPorts;
  readonly context: BuildContext;
}

/** Compiles decode, prefill and head. */
export async function buildGraphs(parts: BitnetParts): Promise<ModelGraphs> {
  const { context } = parts;
  const create = () => new GraphBuilder(context.gpu, context.pipelines, context.pool);
  const decode = create();
  const prefill = create();
  const head = create();
  addBody(decode, 'decode', parts);
  addBody(prefill, 'prefill', parts);
  addHead(head, parts);
  const [decodeGraph, prefillGraph, headGraph] = await Promise.all([
    decode.build(1),
    prefill.build(1),
    head.build(1),
  ]);
  return { decode: decodeGraph, prefill: prefillGraph, head: headGraph };
}

function addBody(builder: GraphBuilder, mode: Mode, parts: BitnetParts): void {
  parts.weights.embedding.addGather(builder, parts.ports.ids, parts.scratch.x);
  parts.weights.layers.forEach((layer, index) => {
    addAttention(builder, mode, parts, layer, index);
    addFfn(builder, mode, parts, layer, index);
  });
}

function addAttention(
  builder: GraphBuilder,
  mode: Mode,
  parts: BitnetParts,
  layer: BitnetLayer,
  index: number,
): void {
  const { scratch, config } = parts;
  const width = config.heads * config.headDim;
  const label = `blk.${index} attention`;
  addQuantize(builder, parts, label, scratch.x, layer.attentionNorm, config.hiddenSize);
  layer.qkv.addTo(builder, mode, scratch.quantized, scratch.qkv, { accumulate: false });
  addRope(builder, parts, index);
  if (mode === 'decode') addDecodeAttention(builder, parts, index);
  else addPrefillAttention(builder, parts, index);
  addQuantize(builder, parts, `${label} output`, scratch.attention, layer.attentionSubNorm, width);
  layer.attentionOutput.addTo(builder, mode, scratch.quantized, scratch.x, { accumulate: true });
}

function addFfn(
  builder: GraphBuilder,
  mode: Mode,
  parts: BitnetParts,
  layer: BitnetLayer,
  index: number,
): void {
  const { scratch, config } = parts;
  const label = `blk.${index} ffn`;
  addQuantize(builder, parts, label, scratch.x, layer.ffnNorm, config.hiddenSize);
  layer.gateUp.addTo(builder, mode, scratch.quantized, scratch.gateUp, { accumulate: false });
  builder.add({
    label: `${label} gate`,
    kernel: ffnGate,
    buffers: { gate_up: scratch.gateUp, out: scratch.hidden },
    params: { f: config.ffnSize, activation: SQUARED_RELU },
  });
  addQuantize(builder, parts, `${label} down`, scratch.hidden, layer.ffnSubNorm, config.ffnSize);
  layer.ffnDown.addTo(builder, mode, scratch.quantized, scratch.x, { accumulate: true });
}

function addQuantize(
  builder: GraphBuilder,
  parts: BitnetParts,
  label: string,
  x: GPUBuffer,
  gain: GPUBuffer,
  columns: number,
): void {
  const { quantized } = parts.scratch;
  builder.add({
    label: `${label} norm`,
    kernel: rmsNormQuantize,
    buffers: { x, gain, q: quantized.q, scale: quantized.scale },
    params: { k: columns, epsilon: parts.config.epsilon },
  });
  addBitPlanes(builder, label, columns, quantized);
}

function attentionParams(parts: BitnetParts) {
  const { config, context } = parts;
  return {
    heads: config.heads,
    kv_heads: config.kvHeads,
    head_dim: config.headDim,
    capacity: context.contextLength,
  };
}

function addRope(builder: GraphBuilder, parts: BitnetParts, index: number): void {
  const { scratch, ports } = parts;
  builder.add({
    label: `blk.${index} rope`,
    kernel: ropeKvWrite,
    buffers: {
      qkv: scratch.qkv,
      rope: scratch.rope,
      state: ports.state,
      q_out: scratch.query,
      k_cache: scratch.keys[index],
      v_cache: scratch.values[index],
    },
    params: { ...attentionParams(parts), interleaved: 0 },
  });
}

function addDecodeAttention(builder: GraphBuilder, parts: BitnetParts, index: number): void {
  const { scratch, ports, config, context } = parts;
  const splits_max = Math.ceil(context.contextLength / KEYS_PER_SPLIT);
  builder.add({
    label: `blk.${index} attention`,
    kernel: attentionDecode,
    buffers: {
      q: scratch.query,
      k_cache: scratch.keys[index],
      v_cache: scratch.values[index],
      state: ports.state,
      partial: scratch.partial,
      partial_ml: scratch.partialMl,
    },
    params: { ...attentionParams(parts), splits_max },
  });
  builder.add({
    label: `blk.${index} attention merge`,
    kernel: attentionMerge,
    buffers: {
      partial: scratch.partial,
      partial_ml: scratch.partialMl,
      state: ports.state,
      out: scratch.attention,
    },
    params: { heads: config.heads, head_dim: config.headDim, splits_max },
  });
}

function addPrefillAttention(builder: GraphBuilder, parts: BitnetParts, index: number): void {
  const { scratch, ports } = parts;
  builder.add({
    label: `blk.${index} attention`,
    kernel: attentionPrefill,
    buffers: {
      q: scratch.query,
      k_cache: scratch.keys[index],
      v_cache: scratch.values[index],
      state: ports.state,
      out: scratch.attention,
    },
    params: attentionParams(parts),
  });
}

function addHead(builder: GraphBuilder, parts: BitnetParts): void {
  const { scratch, ports, weights, config } = parts;
  builder.add({
    label: 'output norm',
    kernel: rmsNorm,
    buffers: { x: scratch.x, gain: weights.outputNorm, state: ports.state, out: scratch.normed },
    params: { k: config.hiddenSize, epsilon: config.epsilon, last_only: 1 },
  });
  weights.head.addHead(builder, scratch.normed, ports.logits);
}
