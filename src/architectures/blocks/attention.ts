// Attention over the KV cache: rotation and cache write, then scores, softmax and values, for one token or a chunk.
import { attentionAlone } from '../../../shaders/attention-alone/kernel.ts';
import { attentionDecode } from '../../../shaders/attention-decode/kernel.ts';
import { attentionMerge } from '../../../shaders/attention-merge/kernel.ts';
import { attentionPrefill } from '../../../shaders/attention-prefill/kernel.ts';
import { headsPerGroup, maxSplits } from '../../../shaders/common/attention-split.ts';
import { headNorm } from '../../../shaders/head-norm/kernel.ts';
import { ropeKvWrite } from '../../../shaders/rope-kv-write/kernel.ts';
import { rotateHeads } from '../../../shaders/rotate-heads/kernel.ts';
import type { GraphBuilder } from '../../gpu/graph.ts';
import type { DecoderParts } from './decoder-parts.ts';
import type { PassMode } from './stacked-tensor.ts';

/** Adds attention[T, H * Dh] of scratch.qkv, which layer `index` has filled. */
export function addAttention(
  builder: GraphBuilder,
  mode: PassMode,
  parts: DecoderParts,
  index: number,
): void {
  addHeadNorm(builder, parts, index);
  addRope(builder, parts, index);
  if (mode === 'prefill') addPrefillAttention(builder, parts, index);
  else if (parts.context.gpu.adapter.isFallback) addAloneAttention(builder, parts, index);
  else addDecodeAttention(builder, parts, index);
}

function addHeadNorm(builder: GraphBuilder, parts: DecoderParts, index: number): void {
  const { config, scratch, weights } = parts;
  const { queryNorm, keyNorm } = weights.layers[index];
  if (queryNorm === null || keyNorm === null) return;
  builder.add({
    label: `blk.${index} head norm`,
    kernel: headNorm,
    buffers: { q_gain: queryNorm, k_gain: keyNorm, qkv: scratch.qkv },
    params: {
      heads: config.heads,
      kv_heads: config.kvHeads,
      head_dim: config.headDim,
      epsilon: config.epsilon,
    },
  });
}

function attentionParams({ config, scratch: { cache } }: DecoderParts) {
  return {
    heads: config.heads,
    kv_heads: config.kvHeads,
    head_dim: config.headDim,
    capacity: cache.capacity,
  };
}

// For the kernels that tell the tokens of one sequence from those of several.
function slabParam({ scratch: { cache } }: DecoderParts) {
  return { parallel: cache.slabs > 1 ? 1 : 0 };
}

function addRope(builder: GraphBuilder, parts: DecoderParts, index: number): void {
  const { scratch, ports, config } = parts;
  builder.add({
    label: `blk.${index} rope`,
    kernel: ropeKvWrite,
    layout: scratch.cache.kind,
    buffers: {
      qkv: scratch.qkv,
      rope: scratch.rope,
      state: ports.state,
      q_out: scratch.query,
      k_cache: scratch.cache.keys[index],
      v_cache: scratch.cache.values[index],
    },
    params: {
      ...attentionParams(parts),
      ...slabParam(parts),
      interleaved: config.traits.ropePairs === 'interleaved' ? 1 : 0,
    },
  });
}

function addDecodeAttention(builder: GraphBuilder, parts: DecoderParts, index: number): void {
  const { scratch, ports, config } = parts;
  const { capacity } = scratch.cache;
  const splits_max = maxSplits(capacity);
  builder.add({
    label: `blk.${index} attention`,
    kernel: attentionDecode,
    layout: scratch.cache.kind,
    overrides: { HEADS: headsPerGroup(config.heads, config.kvHeads) },
    buffers: {
      q: scratch.query,
      k_cache: scratch.cache.keys[index],
      v_cache: scratch.cache.values[index],
      state: ports.state,
      partial: scratch.partial,
      partial_ml: scratch.partialMl,
    },
    params: { ...attentionParams(parts), ...slabParam(parts), splits_max },
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
    params: {
      heads: config.heads,
      head_dim: config.headDim,
      splits_max,
      capacity,
      ...slabParam(parts),
      rotated: scratch.cache.kind === 'int4' ? 1 : 0,
    },
  });
}

// On the CPU: no splits, so nothing to merge.
function addAloneAttention(builder: GraphBuilder, parts: DecoderParts, index: number): void {
  const { scratch } = parts;
  builder.add({
    label: `blk.${index} attention`,
    kernel: attentionAlone,
    layout: scratch.cache.kind,
    buffers: attentionBuffers(parts, index),
    params: { ...attentionParams(parts), ...slabParam(parts) },
  });
  addRotation(builder, parts, index);
}

function attentionBuffers({ scratch, ports }: DecoderParts, index: number) {
  const { query, cache, attention } = scratch;
  return {
    q: query,
    k_cache: cache.keys[index],
    v_cache: cache.values[index],
    state: ports.state,
    out: attention,
  };
}

function addPrefillAttention(builder: GraphBuilder, parts: DecoderParts, index: number): void {
  builder.add({
    label: `blk.${index} attention`,
    kernel: attentionPrefill,
    layout: parts.scratch.cache.kind,
    buffers: attentionBuffers(parts, index),
    params: attentionParams(parts),
  });
  addRotation(builder, parts, index);
}

// Whole attention over a 4-bit cache comes out rotated.
function addRotation(builder: GraphBuilder, { scratch, config }: DecoderParts, index: number): void {
  if (scratch.cache.kind !== 'int4') return;
  builder.add({
    label: `blk.${index} attention rotation`,
    kernel: rotateHeads,
    buffers: { x: scratch.attention },
    params: { heads: config.heads, head_dim: config.headDim },
  });
}
