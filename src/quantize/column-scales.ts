// Int8 per column without a kernel of its own: the column scales are folded into what makes the input (a norm's gain, or
// the rows of the matrix before), so that what is left has the same scale in every row.
// c[k] = max |W[:, k]| over their mean; W[:, k] becomes W[:, k] / c[k], and input k becomes c[k] times as large.

import type { DecoderConfig } from '../architectures/blocks/decoder-config.ts';
import type { FloatLayer, FloatMatrix, GainName } from './float-layer.ts';
import { scaleColumns } from './fold-rotation.ts';
import { quantizeError } from './quantize-error.ts';
import type { MatrixPart } from './recipe.ts';

/** A matrix whose rows make the input of another, with the width of one head's worth of shared rows. */
type Producer = { readonly gain: GainName } | { readonly rows: MatrixPart };

/**
 * Folds the column scales of the parts that want them, in place. Parts with a common input share them.
 * @param wanted whether a part is int8 per column
 * @throws EngineError 'unsupported-model' with the reason layer-norm where no gain can take the scales
 */
export function foldColumnScales(
  layer: FloatLayer,
  config: DecoderConfig,
  wanted: (part: MatrixPart) => boolean,
): void {
  const { matrices, gains } = layer;
  // Rows of up and v first: they change the maxima of the columns.
  const groups: readonly (readonly [readonly MatrixPart[], Producer])[] = [
    [['ffn_down'], gains.has('ffn_sub_norm') ? { gain: 'ffn_sub_norm' } : { rows: 'ffn_up' }],
    [['attn_output'], gains.has('attn_sub_norm') ? { gain: 'attn_sub_norm' } : { rows: 'attn_v' }],
    [['attn_q', 'attn_k', 'attn_v'], { gain: 'attn_norm' }],
    [['ffn_gate', 'ffn_up'], { gain: 'ffn_norm' }],
  ];
  for (const [parts, producer] of groups) {
    const wanting = parts.filter(wanted);
    if (wanting.length === 0) continue;
    const maxima = columnMaxima(wanting.map((part) => matrices[part]));
    const share = 'rows' in producer && producer.rows === 'attn_v' ? shareOverHeads(config) : null;
    const scales = normalise(share === null ? maxima : share(maxima));
    for (const part of parts)
      scaleColumns(
        matrices[part].values,
        scales.map((scale) => 1 / scale),
      );
    scaleProducer(layer, config, producer, scales);
  }
}

function scaleProducer(
  layer: FloatLayer,
  config: DecoderConfig,
  producer: Producer,
  scales: Float64Array,
): void {
  if ('gain' in producer) {
    const gain = layer.gains.get(producer.gain);
    if (gain === undefined) throw noPlace(layer, producer.gain);
    for (let k = 0; k < gain.length; k++) gain[k] *= scales[k];
    return;
  }
  if (producer.rows === 'attn_v' && config.qkvLimit !== undefined) throw noPlace(layer, 'clipped values');
  const { values, columns, rows, bias } = layer.matrices[producer.rows];
  const { heads, kvHeads, headDim } = config;
  for (let row = 0; row < rows; row++) {
    // Row of a kv head: its scale is that of the first query head which reads it; all of these share it.
    const column =
      producer.rows === 'attn_v'
        ? Math.floor(row / headDim) * (heads / kvHeads) * headDim + (row % headDim)
        : row;
    for (let k = 0; k < columns; k++) values[row * columns + k] *= scales[column];
    if (bias !== null) bias[row] *= scales[column];
  }
}

function columnMaxima(matrices: readonly FloatMatrix[]): Float64Array {
  const maxima = new Float64Array(matrices[0].columns);
  for (const { values, columns } of matrices) {
    for (let at = 0; at < values.length; at++) {
      maxima[at % columns] = Math.max(maxima[at % columns], Math.abs(values[at]));
    }
  }
  return maxima;
}

/** Query heads that read one kv head have the same input, and so one scale for each of its dimensions. */
function shareOverHeads({ heads, kvHeads, headDim }: DecoderConfig) {
  const width = (heads / kvHeads) * headDim;
  return (maxima: Float64Array): Float64Array => {
    const largest = new Float64Array(kvHeads * headDim);
    const place = (k: number) => Math.floor(k / width) * headDim + (k % headDim);
    maxima.forEach((value, k) => {
      largest[place(k)] = Math.max(largest[place(k)], value);
    });
    return maxima.map((_, k) => largest[place(k)]);
  };
}

/** Divided by their mean; columns of zeros have the scale 1. */
function normalise(maxima: Float64Array): Float64Array {
  const mean = maxima.reduce((sum, value) => sum + value, 0) / maxima.length;
  return maxima.map((value) => (value === 0 ? 1 : value / mean));
}

function noPlace(layer: FloatLayer, what: string): Error {
  return quantizeError(
    'unsupported-model',
    'layer-norm',
    `Int8 per column needs a place for its scales before layer ${layer.index}: ${what} takes none in this model. Use int8 per row.`,
    { layer: layer.index },
  );
}
