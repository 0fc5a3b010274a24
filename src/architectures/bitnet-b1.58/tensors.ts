// bitnet-b1.58: device buffers of the weights, by the tensor names of the GGUF file.
import type { GgufFile } from '../../gguf/reader.ts';
import type { BuildContext, TensorSink } from '../architecture.ts';
import { createNormGain } from '../blocks/norm-gain.ts';
import { TernaryLinear } from '../blocks/ternary-linear.ts';
import type { TokenTable } from '../blocks/token-table.ts';
import { createTokenTable } from '../blocks/token-table.ts';
import type { BitnetConfig } from './config.ts';

/** Weights of one layer. */
export interface BitnetLayer {
  readonly attentionNorm: GPUBuffer; // [D] f32
  readonly qkv: TernaryLinear; // [(H + 2G) * Dh, D]
  readonly attentionSubNorm: GPUBuffer; // [H * Dh] f32
  readonly attentionOutput: TernaryLinear; // [D, H * Dh]
  readonly ffnNorm: GPUBuffer; // [D] f32
  readonly gateUp: TernaryLinear; // [2F, D]: F gate rows, then F up rows
  readonly ffnSubNorm: GPUBuffer; // [F] f32
  readonly ffnDown: TernaryLinear; // [D, F]
}

/** All weights. */
export interface BitnetWeights {
  readonly embedding: TokenTable;
  readonly head: TokenTable;
  readonly outputNorm: GPUBuffer; // [D] f32
  readonly layers: readonly BitnetLayer[];
  readonly sinks: ReadonlyMap<string, TensorSink>;
}

/** Allocates every weight buffer. @throws EngineError 'out-of-memory', 'bad-file', 'unsupported-model' */
export function createWeights(file: GgufFile, config: BitnetConfig, context: BuildContext): BitnetWeights {
  const sinks = new Map<string, TensorSink>();
  const embedding = createTokenTable('token_embd.weight', file, config, context, sinks);
  const head = config.tiedHead ? embedding : createTokenTable('output.weight', file, config, context, sinks);
  const layers = Array.from({ length: config.layers }, (_, index) =>
    createLayer(index, config, context, sinks),
  );
  const outputNorm = createNormGain('output_norm.weight', config.hiddenSize, context, sinks);
  return { embedding, head, outputNorm, layers, sinks };
}

function createLayer(
  index: number,
  config: BitnetConfig,
  context: BuildContext,
  sinks: Map<string, TensorSink>,
): BitnetLayer {
  const { hiddenSize: D, ffnSize: F, heads: H, kvHeads: G, headDim: Dh } = config;
  const name = (part: string) => `blk.${index}.${part}.weight`;
  const linear = (label: string, columns: number, parts: readonly (readonly [string, number])[]) => {
    const tensors = parts.map(([part, rows]) => ({ tensor: name(part), rows }));
    const matrix = new TernaryLinear(`blk.${index} ${label}`, tensors, columns, context);
    matrix.addSinks(sinks);
    return matrix;
  };
  const gain = (part: string, length: number) => createNormGain(name(part), length, context, sinks);
  return {
    attentionNorm: gain('attn_norm', D),
    qkv: linear('qkv', D, [
      ['attn_q', H * Dh],
      ['attn_k', G * Dh],
      ['attn_v', G * Dh],
    ]),
    attentionSubNorm: gain('attn_sub_norm', H * Dh),
    attentionOutput: linear('attention output', H * Dh, [['attn_output', D]]),
    ffnNorm: gain('ffn_norm', D),
    gateUp: linear('gate and up', D, [
      ['ffn_gate', F],
      ['ffn_up', F],
    ]),
    ffnSubNorm: gain('ffn_sub_norm', F),
    ffnDown: linear('down', F, [['ffn_down', D]]),
  };
}

/** Bytes of weights that one decode step reads: every matrix and the head once (of the embedding one row only). */
export function weightBytesPerToken(weights: BitnetWeights): number {
  const perLayer = weights.layers.map(
    (layer) => layer.qkv.bytes + layer.attentionOutput.bytes + layer.gateUp.bytes + layer.ffnDown.bytes,
  );
  return perLayer.reduce((sum, bytes) => sum + bytes, 0) + weights.head.bytes;
}
