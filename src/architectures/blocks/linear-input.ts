// What stands before a linear layer: a norm, and with int8 activations the quantisation of each token or block.
import { ACTIVATION_BLOCK } from '../../../shaders/common/activation-block.ts';
import { layerNorm } from '../../../shaders/layer-norm/kernel.ts';
import { quantize } from '../../../shaders/quantize/kernel.ts';
import { quantizeBlocks } from '../../../shaders/quantize-blocks/kernel.ts';
import { rmsNorm } from '../../../shaders/rms-norm/kernel.ts';
import { rmsNormQuantize } from '../../../shaders/rms-norm-quantize/kernel.ts';
import { rmsNormQuantizeBlocks } from '../../../shaders/rms-norm-quantize-blocks/kernel.ts';
import type { GraphBuilder } from '../../gpu/graph.ts';
import type { KernelShape } from '../../gpu/kernel.ts';
import type { DecoderParts } from './decoder-parts.ts';
import type { Activations, InputKind } from './linear.ts';
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

/** Adds the norm and the quantisation for a layer that asks for these inputs; answers with what it shall read. */
export function addLinearInput(
  builder: GraphBuilder,
  parts: DecoderParts,
  source: LinearSource,
  inputs: ReadonlySet<InputKind>,
): Activations {
  const { normed, quantized } = parts.scratch;
  const wantsFloat = inputs.has('float');
  // LayerNorm has no kernel that quantises too.
  if (source.norm !== null && (wantsFloat || source.norm.kind === 'layer')) {
    addNorm(builder, parts, source, { lastOnly: false });
  }
  const x = wantsFloat ? (source.norm === null ? source.x : normed) : null;
  if (!inputs.has('int8')) return { x, quantized: null };
  if (quantized === null) throw new Error(`${source.label}: the scratch has no room for int8 activations`);
  addQuantized(builder, parts, quantized, source);
  if (inputs.has('planes')) addBitPlanes(builder, source.label, source.columns, quantized);
  return { x, quantized };
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

// The norm of a source with LayerNorm is in scratch.normed already.
function addQuantized(
  builder: GraphBuilder,
  parts: DecoderParts,
  { q, scale }: QuantizedActivations,
  source: LinearSource,
): void {
  const { scratch, config, context } = parts;
  const { label, norm, columns } = source;
  const x = norm?.kind === 'layer' ? scratch.normed : source.x;
  const gain = norm?.kind === 'rms' ? norm.gain : scratch.unitGain;
  const isBlocks = context.activations === 'int8-blocks';
  const params: KernelShape = isBlocks ? { k: columns, block: ACTIVATION_BLOCK } : { k: columns };
  if (gain === null) {
    builder.add({
      label: `${label} quantize`,
      kernel: isBlocks ? quantizeBlocks : quantize,
      buffers: { x, q, scale },
      params,
    });
  } else {
    builder.add({
      label: `${label} norm`,
      kernel: isBlocks ? rmsNormQuantizeBlocks : rmsNormQuantize,
      buffers: { x, gain, q, scale },
      params: { ...params, epsilon: config.epsilon },
    });
  }
}
