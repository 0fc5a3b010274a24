// Activation buffers and KV cache of a decoder.

import { maxSplits } from '../../../shaders/common/attention-split.ts';
import { ACTIVATION_BLOCK } from '../../../shaders/common/block/activation-block.ts';
import type { BuildContext, TensorSink, WordSink } from '../architecture.ts';
import type { DecoderConfig } from './decoder-config.ts';
import type { LayerNeeds } from './decoder-weights.ts';
import { createKvCache, type KvCache } from './kv-cache.ts';
import { createRopeBuffer } from './rope-buffer.ts';
import type { QuantizedBuffers } from './ternary-linear.ts';

/** Buffers of a pass of up to T tokens; all belong to the pool. */
export interface DecoderScratch {
  readonly x: GPUBuffer; // [T, D] f32, the residual stream
  readonly normed: GPUBuffer; // [T, max(D, H * Dh, F)] f32, the input of layers with f32 activations and of the head
  readonly rotated: GPUBuffer | null; // [T, max(D, H * Dh, F)] f32, rotated input of layers with f32 activations and of the head
  readonly gathered: GPUBuffer | null; // [T, outlier channels] f32; null when no layer has outliers
  readonly quantized: QuantizedBuffers | null; // of max(D, H * Dh, F) columns; null when no layer reads int8
  readonly unitGain: GPUBuffer | null; // ones, for norms without gain before int8 activations of BitLinears
  readonly qkv: GPUBuffer; // [T, (H + 2G) * Dh] f32
  readonly query: GPUBuffer; // [T, H * Dh] f32
  readonly partial: GPUBuffer; // [H, splits, Dh] f32
  readonly partialMl: GPUBuffer; // [H, splits, 2] f32
  readonly attention: GPUBuffer; // [T, H * Dh] f32
  readonly gateUp: GPUBuffer; // [T, 2F] f32
  readonly hidden: GPUBuffer; // [T, F] f32
  readonly rope: GPUBuffer; // [S, Dh / 2, 2] f32
  readonly cache: KvCache;
}

/**
 * Allocates scratch and KV cache.
 * @param needs what the linear layers ask for
 * @throws EngineError 'out-of-memory'
 */
export function createDecoderScratch(
  config: DecoderConfig,
  context: BuildContext,
  sinks: Map<string, TensorSink | WordSink>,
  needs: LayerNeeds,
): DecoderScratch {
  const { traits, hiddenSize: D, ffnSize: F, heads: H, kvHeads: G, headDim: Dh } = config;
  const { pool, contextLength: S, maxChunkTokens: T } = context;
  const scratch = (label: string, floats: number) => pool.storage(label, floats * 4, 'scratch');
  const widest = Math.max(D, H * Dh, F);
  const splits = maxSplits(S);
  const { inputs } = needs;
  const normsInFloats = inputs.has('float') || needs.rotates || traits.norm === 'layer';
  const isBitLinear = context.isBitLinear ?? context.activations === 'int8';
  return {
    x: scratch('x', T * D),
    normed: scratch('normed', normsInFloats ? T * widest : D),
    rotated: needs.rotates ? scratch('rotated', T * widest) : null,
    gathered: needs.outlierChannels > 0 ? scratch('outlier activations', T * needs.outlierChannels) : null,
    quantized: inputs.has('int8') ? createQuantized(widest, context, inputs.has('planes')) : null,
    unitGain:
      isBitLinear && traits.linearNorm
        ? pool.upload('unit gain', new Float32Array(widest).fill(1), 'scratch')
        : null,
    qkv: scratch('qkv', T * (H + 2 * G) * Dh),
    query: scratch('query', T * H * Dh),
    partial: scratch('attention partial', H * splits * Dh),
    partialMl: scratch('attention partial max and sum', H * splits * 2),
    attention: scratch('attention', T * H * Dh),
    gateUp: scratch('gate and up', T * 2 * F),
    hidden: scratch('ffn hidden', T * F),
    rope: createRopeBuffer(config, context, sinks),
    cache: createKvCache(config, context),
  };
}

function createQuantized(columns: number, context: BuildContext, hasPlanes: boolean): QuantizedBuffers {
  const { pool, maxChunkTokens: T, activations } = context;
  const scalesPerToken = activations === 'int8-blocks' ? columns / ACTIVATION_BLOCK : 1;
  return {
    q: pool.storage('q', T * columns, 'scratch'),
    scale: pool.storage('q scale', T * scalesPerToken * 4, 'scratch'),
    planes: hasPlanes ? pool.storage('q planes', T * columns, 'scratch') : null,
  };
}
