// The text that GPTQ and the choice of outliers learn the inputs from: as many tokens as needed, in sequences.

import type { DecoderConfig } from '../architectures/blocks/decoder-config.ts';
import { readVector } from './float-layer.ts';
import type { RotationPlan } from './fold-rotation.ts';
import { LayerForward } from './layer-forward.ts';
import { quantizeError } from './quantize-error.ts';
import { MATRIX_PARTS, type MatrixPart, methodOf, type Recipe } from './recipe.ts';
import type { SourceModel } from './source-model.ts';
import { readTableRows } from './token-tables.ts';

/** Fewer tokens say little about any model. */
const MIN_TOKENS = 2048;
/** More tokens than this, or than twice the minimum, change the result little and the time much. */
const MAX_TOKENS = 8192;
const SEQUENCE_TOKENS = 512;

/**
 * Tokens that a recipe needs: 2048, and with int4-gptq at least as many as the widest of its matrices has columns, since
 * fewer leave the Hessian singular: the damping alone would then decide in the directions that no token reaches.
 */
export function minimumTokens(recipe: Recipe, config: DecoderConfig): number {
  const widths = MATRIX_PARTS.flatMap((part) => {
    const layers = Array.from({ length: config.layers }, (_, layer) => methodOf(recipe, layer, part));
    return layers.some(({ kind }) => kind === 'int4-gptq') ? [columnsOf(part, config)] : [];
  });
  return Math.max(MIN_TOKENS, ...widths);
}

function columnsOf(part: MatrixPart, { heads, headDim, ffnSize, hiddenSize }: DecoderConfig): number {
  if (part === 'attn_output') return heads * headDim;
  return part === 'ffn_down' ? ffnSize : hiddenSize;
}

/**
 * Puts the embeddings of the calibration text before the first layer.
 * @param ids of the text; what exceeds the useful length is left out
 * @throws EngineError 'bad-argument' with the reason calibration-too-short
 */
export async function startCalibration(
  source: SourceModel,
  config: DecoderConfig,
  recipe: Recipe,
  rotation: RotationPlan,
  ids: readonly number[],
  signal?: AbortSignal,
): Promise<LayerForward> {
  const minimum = minimumTokens(recipe, config);
  if (ids.length < minimum) {
    throw quantizeError(
      'bad-argument',
      'calibration-too-short',
      `The calibration text has ${ids.length} tokens; expected at least ${minimum} for this model. Give a longer text.`,
      { have: ids.length, limit: minimum },
    );
  }
  const sequenceLength = Math.min(SEQUENCE_TOKENS, config.contextLength);
  const wanted = Math.min(ids.length, Math.max(MAX_TOKENS, 2 * minimum));
  const states = await readEmbeddings(source, rotation, ids.slice(0, wanted), signal);
  const factors = source.has('rope_freqs.weight')
    ? await readVector(source, 'rope_freqs.weight', signal)
    : null;
  return new LayerForward(config, states, {
    sequenceLength,
    online: rotation.online,
    activations: recipe.activations ?? 'float',
    ropeFactors: factors,
  });
}

async function readEmbeddings(
  source: SourceModel,
  { residual }: RotationPlan,
  ids: readonly number[],
  signal?: AbortSignal,
): Promise<Float32Array> {
  const from = 'token_embd.weight';
  const reader = await source.open(from, signal);
  const fileName = source.file.name;
  const rows = new Map<number, Float32Array>();
  const states = new Float32Array(ids.length * reader.columns);
  for (const [position, id] of ids.entries()) {
    let row = rows.get(id);
    if (row === undefined) {
      row = await readTableRows(
        reader,
        { from, gain: null, residual },
        { row: id, count: 1, fileName },
        signal,
      );
      rows.set(id, row);
    }
    states.set(row, position * reader.columns);
  }
  return states;
}
