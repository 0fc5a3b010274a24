// Folds rotations into the weights of a layer so that the network stays the same (QuaRot, arXiv 2404.00456).
// Residual stream: x becomes x Q with Q = diag(signs) H; the norms' gains go into the matrices after them, since only a
// norm without gains commutes with Q. Online: inputs are rotated at run time, behind their norms, which keep their gains:
// folding them would take away that channels with much energy have small gains, and so little weight in the error.

import type { DecoderConfig } from '../architectures/blocks/decoder-config.ts';
import type { FloatLayer, FloatMatrix, GainName } from './float-layer.ts';
import { fixedSigns, requireHadamardBlock, rotateColumns, rotateRows } from './hadamard.ts';
import { quantizeError } from './quantize-error.ts';
import type { MatrixPart, Rotation } from './recipe.ts';

/** Matrices of a layer whose input is rotated at run time, with the block. Matrices with a common input are all in it. */
export type OnlineRotations = ReadonlyMap<MatrixPart, number>;

/** The rotations of a model. */
export interface RotationPlan {
  /** Of the residual stream; null: it is not rotated. */
  readonly residual: { readonly block: number; readonly signs: Int8Array } | null;
  /** Of the values per head and of the output projection's input, offline; null: none. */
  readonly heads: { readonly block: number } | null;
  /** The online rotations of each layer; null: none in any. */
  readonly online: readonly OnlineRotations[] | null;
}

/**
 * Chooses the blocks. What `auto` does depends on the weights: chooseRotations.
 * @throws EngineError 'bad-argument' with the reason width-not-divisible where no block divides a width, 'unsupported-model'
 *   with the reason layer-norm for norms that do not commute with a rotation
 */
export function planRotation(rotation: Exclude<Rotation, 'auto'>, config: DecoderConfig): RotationPlan {
  const { hiddenSize, heads, headDim, ffnSize, traits, qkvLimit } = config;
  if (rotation === 'none') return { residual: null, heads: null, online: null };
  const onlineOnly = rotation === 'online';
  if (!onlineOnly && traits.norm === 'layer') {
    throw quantizeError(
      'unsupported-model',
      'layer-norm',
      `The rotation ${rotation} turns the residual stream, but ${traits.names[0]} has LayerNorms, whose means a rotation changes; expected RMSNorms. Use the rotation online.`,
    );
  }
  if (rotation === 'offline' && qkvLimit !== undefined) {
    throw quantizeError(
      'unsupported-model',
      'bad-combination',
      `The rotation offline turns the values, but this model clips them to ${qkvLimit}; expected a model without clipping. Use the rotation hadamard.`,
    );
  }
  const residual = onlineOnly
    ? null
    : { block: requireHadamardBlock(hiddenSize, 'hidden size'), signs: fixedSigns(hiddenSize) };
  if (rotation === 'offline') {
    return { residual, heads: { block: requireHadamardBlock(headDim, 'head size') }, online: null };
  }
  const layer: OnlineRotations = new Map([
    ['attn_output', requireHadamardBlock(heads * headDim, 'width of the attention')],
    ['ffn_down', requireHadamardBlock(ffnSize, 'width of the feed-forward layer')],
  ]);
  return { residual, heads: null, online: Array.from({ length: config.layers }, () => layer) };
}

/** Rotates a layer in place. */
export function foldRotation(layer: FloatLayer, plan: RotationPlan): void {
  const { residual, heads, online } = plan;
  const { attn_q, attn_k, attn_v, attn_output, ffn_gate, ffn_up, ffn_down } = layer.matrices;
  if (residual !== null) {
    foldGain(layer, 'attn_norm', [attn_q, attn_k, attn_v]);
    foldGain(layer, 'ffn_norm', [ffn_gate, ffn_up]);
    for (const { values, columns } of [attn_q, attn_k, attn_v, ffn_gate, ffn_up]) {
      rotateRows(values, columns, residual.block, residual.signs);
    }
    for (const matrix of [attn_output, ffn_down]) rotateOutputs(matrix, residual.block, residual.signs);
  }
  if (heads !== null) {
    foldGain(layer, 'attn_sub_norm', [attn_output]);
    rotateOutputs(attn_v, heads.block, null);
    rotateRows(attn_output.values, attn_output.columns, heads.block);
  }
  for (const [part, block] of online?.[layer.index] ?? []) {
    const { values, columns } = layer.matrices[part];
    rotateRows(values, columns, block);
  }
}

function rotateOutputs(matrix: FloatMatrix, block: number, signs: Int8Array | null): void {
  rotateColumns(matrix.values, matrix.columns, block, signs);
  if (matrix.bias !== null) rotateColumns(matrix.bias, 1, block, signs);
}

/** Multiplies the columns of matrices by the gain before them, which becomes ones. */
function foldGain(layer: FloatLayer, name: GainName, matrices: readonly FloatMatrix[]): void {
  const gain = layer.gains.get(name);
  if (gain === undefined) return;
  for (const { values } of matrices) scaleColumns(values, gain);
  gain.fill(1);
}

/** [rows, factors.length] f32, changed in place: column k times factors[k]. */
export function scaleColumns(values: Float32Array, factors: ArrayLike<number>): void {
  const columns = factors.length;
  for (let row = 0; row < values.length; row += columns) {
    for (let k = 0; k < columns; k++) values[row + k] *= factors[k];
  }
}
