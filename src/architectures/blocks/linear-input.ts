// What stands before a linear layer: a norm, and with int8 activations the quantisation of each token or block.
import { ACTIVATION_BLOCK } from '../../../shaders/common/block/activation-block.ts';
import { hadamard } from '../../../shaders/hadamard/kernel.ts';
import { hadamardQuantize } from '../../../shaders/hadamard-quantize/kernel.ts';
import { layerNorm } from '../../../shaders/layer-norm/kernel.ts';
import { quantize } from '../../../shaders/quantize/kernel.ts';
import { quantizeBlocks } from '../../../shaders/quantize-blocks/kernel.ts';
import { rmsNorm } from '../../../shaders/rms-norm/kernel.ts';
import { rmsNormQuantize } from '../../../shaders/rms-norm-quantize/kernel.ts';
import { rmsNormQuantizeBlocks } from '../../../shaders/rms-norm-quantize-blocks/kernel.ts';
import type { GraphBuilder } from '../../gpu/graph.ts';
import type { KernelShape } from '../../gpu/kernel.ts';
import type { DecoderParts } from './decoder-parts.ts';
import type { DeviceRotation } from './input-rotation.ts';
import type { Activations, Linear } from './linear.ts';
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

/** Adds norm, rotation and quantisation as a layer asks for them; answers with what it shall read. */
export function addLinearInput(
  builder: GraphBuilder,
  parts: DecoderParts,
  source: LinearSource,
  layer: Pick<Linear, 'inputs' | 'rotation'>,
): Activations {
  const { inputs, rotation } = layer;
  if (rotation !== null) return addRotatedInput(builder, parts, source, { inputs, rotation });
  const { normed, gathered } = parts.scratch;
  const wantsFloat = inputs.has('float');
  // LayerNorm has no kernel that quantises too.
  if (source.norm !== null && (wantsFloat || source.norm.kind === 'layer')) {
    addNorm(builder, parts, source, { lastOnly: false });
  }
  const x = wantsFloat ? (source.norm === null ? source.x : normed) : null;
  if (!inputs.has('int8')) return { x, quantized: null, gathered };
  const quantized = needQuantized(parts, source);
  addQuantized(builder, parts, quantized, source);
  if (inputs.has('planes')) addBitPlanes(builder, source.label, source.columns, quantized);
  return { x, quantized, gathered };
}

function needQuantized(
  { scratch, context }: DecoderParts,
  { label, columns }: LinearSource,
): QuantizedActivations {
  const block = context.activations === 'int8-blocks' ? ACTIVATION_BLOCK : columns;
  if (scratch.quantized !== null) return { ...scratch.quantized, block };
  throw new Error(`${label}: the scratch has no room for int8 activations`);
}

// The transform takes a norm along, and one vector of factors: the norm's gain or the signs. With both, and for
// LayerNorm, the norm is a dispatch of its own.
function addRotatedInput(
  builder: GraphBuilder,
  parts: DecoderParts,
  source: LinearSource,
  { inputs, rotation }: { readonly inputs: Linear['inputs']; readonly rotation: DeviceRotation },
): Activations {
  const { scratch, config } = parts;
  const { label, norm, columns } = source;
  const { block, signs } = rotation;
  const fusesNorm = norm?.kind === 'rms' && signs === null;
  if (norm !== null && !fusesNorm) addNorm(builder, parts, source, { lastOnly: false });
  const x = norm === null || fusesNorm ? source.x : scratch.normed;
  const diagonal = fusesNorm ? norm.gain : signs;
  // BitLinears with a norm of their own, which has no gain: signs and rotation leave its factor alone.
  const hasOwnNorm = scratch.unitGain !== null && norm?.kind !== 'rms';
  const params = { k: columns, block, diagonal: diagonal === null ? 0 : 1, epsilon: config.epsilon };
  const buffers = { x, diagonal: diagonal ?? x };
  let rotated: GPUBuffer | null = null;
  if (inputs.has('float')) {
    rotated = scratch.rotated;
    if (rotated === null) throw new Error(`${label}: the scratch has no room for rotated activations`);
    builder.add({
      label: `${label} rotate`,
      kernel: hadamard,
      buffers: { ...buffers, out: rotated },
      params: { ...params, norm: fusesNorm ? 1 : 0, group: 0 },
    });
  }
  if (!inputs.has('int8')) return { x: rotated, quantized: null, gathered: scratch.gathered };
  const quantized = needQuantized(parts, source);
  builder.add({
    label: `${label} rotate`,
    kernel: hadamardQuantize,
    buffers: { ...buffers, q: quantized.q, scale: quantized.scale },
    params: {
      ...params,
      norm: fusesNorm || hasOwnNorm ? 1 : 0,
      group: quantized.block,
    },
  });
  if (inputs.has('planes')) addBitPlanes(builder, label, columns, quantized);
  return { x: rotated, quantized, gathered: scratch.gathered };
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
  { q, scale, block }: QuantizedActivations,
  source: LinearSource,
): void {
  const { scratch, config, context } = parts;
  const { label, norm, columns } = source;
  const x = norm?.kind === 'layer' ? scratch.normed : source.x;
  const gain = norm?.kind === 'rms' ? norm.gain : scratch.unitGain;
  const isBlocks = context.activations === 'int8-blocks';
  const params: KernelShape = isBlocks ? { k: columns, block } : { k: columns };
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
