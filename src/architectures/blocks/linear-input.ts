// What stands before a linear layer: a norm, and with int8 activations the quantisation of each token.
import { layerNorm } from '../../../shaders/layer-norm/kernel.ts';
import { quantize } from '../../../shaders/quantize/kernel.ts';
import { rmsNorm } from '../../../shaders/rms-norm/kernel.ts';
import { rmsNormQuantize } from '../../../shaders/rms-norm-quantize/kernel.ts';
import type { GraphBuilder } from '../../gpu/graph.ts';
import type { DecoderParts } from './decoder-parts.ts';
import type { Activations } from './linear.ts';
import { addBitPlanes, type QuantizedActivations } from './ternary-linear.ts';

/** The norm before a layer: RMSNorm with a gain, LayerNorm without one, or none. */
export type Norm = { readonly kind: 'rms'; readonly gain: GPUBuffer } | { readonly kind: 'layer' } | null;

/** Source of a linear layer's input. */
export interface LinearSource {
  readonly label: string;
  /** [T, columns] f32 */
  readonly x: GPUBuffer;
  readonly norm: Norm;
  readonly columns: number;
}

/** Adds the norm and the quantisation; answers with what the layer shall read. */
export function addLinearInput(
  builder: GraphBuilder,
  parts: DecoderParts,
  source: LinearSource,
): Activations {
  const { quantized } = parts.scratch;
  if (quantized !== null) {
    addQuantized(builder, parts, quantized, source);
    addBitPlanes(builder, source.label, source.columns, quantized);
    return { kind: 'int8', quantized };
  }
  if (source.norm === null) return { kind: 'float', x: source.x };
  addNorm(builder, parts, source, { lastOnly: false });
  return { kind: 'float', x: parts.scratch.normed };
}

/** Adds scratch.normed = norm(x): of every token, or of the last one as row 0. Nothing without a norm. */
export function addNorm(
  builder: GraphBuilder,
  parts: DecoderParts,
  { label, x, norm, columns }: LinearSource,
  { lastOnly }: { readonly lastOnly: boolean },
): void {
  if (norm === null) return;
  const { scratch, ports, config } = parts;
  const params = { k: columns, epsilon: config.epsilon, last_only: lastOnly ? 1 : 0 };
  const buffers = { x, state: ports.state, out: scratch.normed };
  if (norm.kind === 'layer') {
    builder.add({ label: `${label} norm`, kernel: layerNorm, buffers, params });
  } else {
    builder.add({
      label: `${label} norm`,
      kernel: rmsNorm,
      buffers: { ...buffers, gain: norm.gain },
      params,
    });
  }
}

function addQuantized(
  builder: GraphBuilder,
  parts: DecoderParts,
  { q, scale }: QuantizedActivations,
  source: LinearSource,
): void {
  const { scratch, config } = parts;
  const { label, norm, columns } = source;
  if (norm?.kind === 'layer') addNorm(builder, parts, source, { lastOnly: false });
  const x = norm?.kind === 'layer' ? scratch.normed : source.x;
  const gain = norm?.kind === 'rms' ? norm.gain : scratch.unitGain;
  if (gain === null) {
    builder.add({
      label: `${label} quantize`,
      kernel: quantize,
      buffers: { x, q, scale },
      params: { k: columns },
    });
  } else {
    builder.add({
      label: `${label} norm`,
      kernel: rmsNormQuantize,
      buffers: { x, gain, q, scale },
      params: { k: columns, epsilon: config.epsilon },
    });
  }
}
