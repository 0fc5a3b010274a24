// Device buffers of a decoder's weights, by the tensor names that GGUF files of all architectures here share.
import type { BuildContext, TensorSink, WordSink } from '../architecture.ts';
import type { DecoderConfig } from './decoder-config.ts';
import { type InputKind, Linear } from './linear.ts';
import { createNormGain } from './norm-gain.ts';
import { createTokenTables, type TokenTable } from './token-table.ts';

/** Weights of one layer. A gain is null where the architecture has none. */
export interface DecoderLayer {
  readonly attentionNorm: GPUBuffer | null; // [D] f32
  readonly qkv: Linear; // [(H + 2G) * Dh, D]
  readonly queryNorm: GPUBuffer | null; // [Dh] f32
  readonly keyNorm: GPUBuffer | null; // [Dh] f32
  readonly attentionSubNorm: GPUBuffer | null; // [H * Dh] f32
  readonly attentionOutput: Linear; // [D, H * Dh]
  readonly ffnNorm: GPUBuffer | null; // [D] f32
  readonly gateUp: Linear; // [2F, D]: F gate rows, then F up rows
  readonly ffnSubNorm: GPUBuffer | null; // [F] f32
  readonly ffnDown: Linear; // [D, F]
}

/** All weights. */
export interface DecoderWeights {
  readonly embedding: TokenTable;
  readonly head: TokenTable;
  readonly outputNorm: GPUBuffer | null; // [D] f32
  readonly layers: readonly DecoderLayer[];
}

/**
 * Allocates every weight buffer and adds the sinks.
 * @throws EngineError 'out-of-memory', 'bad-file', 'unsupported-model'
 */
export function createDecoderWeights(
  config: DecoderConfig,
  context: BuildContext,
  sinks: Map<string, TensorSink | WordSink>,
): DecoderWeights {
  const { embedding, head } = createTokenTables(config, context, sinks);
  const layers = Array.from({ length: config.layers }, (_, index) =>
    createLayer(index, config, context, sinks),
  );
  const hasGains = config.traits.norm !== 'layer';
  const outputNorm = hasGains
    ? createNormGain('output_norm.weight', config.hiddenSize, context, sinks)
    : null;
  return { embedding, head, outputNorm, layers };
}

function createLayer(
  index: number,
  config: DecoderConfig,
  context: BuildContext,
  sinks: Map<string, TensorSink | WordSink>,
): DecoderLayer {
  const { traits, hiddenSize: D, ffnSize: F, heads: H, kvHeads: G, headDim: Dh } = config;
  const name = (part: string) => `blk.${index}.${part}.weight`;
  const linear = (
    label: string,
    columns: number,
    parts: readonly (readonly [string, number])[],
    limit?: number,
  ) => {
    const stacked = parts.map(([part, rows]) => ({ tensor: name(part), rows }));
    return new Linear({ label: `blk.${index} ${label}`, parts: stacked, columns, limit }, context, sinks);
  };
  const gain = (part: string, length: number, exists: boolean) =>
    exists ? createNormGain(name(part), length, context, sinks) : null;
  const { headNorm = false, subNorms = false } = traits;
  const hasGains = traits.norm !== 'layer';
  const qkvParts = [
    ['attn_q', H * Dh],
    ['attn_k', G * Dh],
    ['attn_v', G * Dh],
  ] as const;
  return {
    attentionNorm: gain('attn_norm', D, hasGains),
    qkv: linear('qkv', D, qkvParts, config.qkvLimit),
    queryNorm: gain('attn_q_norm', Dh, headNorm),
    keyNorm: gain('attn_k_norm', Dh, headNorm),
    attentionSubNorm: gain('attn_sub_norm', H * Dh, subNorms),
    attentionOutput: linear('attention output', H * Dh, [['attn_output', D]]),
    ffnNorm: gain('ffn_norm', D, hasGains),
    gateUp: linear('gate and up', D, [
      ['ffn_gate', F],
      ['ffn_up', F],
    ]),
    ffnSubNorm: gain('ffn_sub_norm', F, subNorms),
    ffnDown: linear('down', F, [['ffn_down', D]]),
  };
}

/** What linear layers and head ask for. */
export interface LayerNeeds {
  /** Inputs that some linear layer reads. */
  readonly inputs: ReadonlySet<InputKind>;
  /** Whether some input is rotated. */
  readonly rotates: boolean;
  /** Largest number of outlier channels beside a matrix. */
  readonly outlierChannels: number;
}

/** What all layers together ask for. */
export function needsOfLayers({ layers, head }: DecoderWeights): LayerNeeds {
  const linears = layers.flatMap((layer) => [layer.qkv, layer.attentionOutput, layer.gateUp, layer.ffnDown]);
  return {
    inputs: new Set(linears.flatMap((linear) => [...linear.inputs])),
    rotates: head.rotation !== null || linears.some(({ rotation }) => rotation !== null),
    outlierChannels: Math.max(...linears.map(({ outlierChannels }) => outlierChannels)),
  };
}

/** Bytes of weights that one decode step reads: every matrix and the head once (of the embedding one row only). */
export function weightBytesPerToken({ layers, head }: DecoderWeights): number {
  const perLayer = layers.map(
    (layer) => layer.qkv.bytes + layer.attentionOutput.bytes + layer.gateUp.bytes + layer.ffnDown.bytes,
  );
  return perLayer.reduce((sum, bytes) => sum + bytes, 0) + head.bytes;
}
