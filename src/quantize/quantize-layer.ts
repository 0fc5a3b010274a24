// Rounds the matrices of one layer in the order of use, so that calibration sees the inputs that rounded matrices make.

import type { FloatLayer } from './float-layer.ts';
import type { LayerForward, LinearWeights } from './layer-forward.ts';
import { gram } from './product.ts';
import { type InputStatistics, type QuantizedMatrix, quantizeTogether } from './quantize-matrix.ts';
import { INPUT_GROUPS, type MatrixPart, methodOf, type Recipe } from './recipe.ts';

/**
 * Rounds a layer.
 * @param layer with its rotations and column scales folded
 * @param forward stands before this layer, and behind it afterwards; null: no calibration
 */
export function quantizeLayer(
  layer: FloatLayer,
  recipe: Recipe,
  forward: LayerForward | null,
): ReadonlyMap<MatrixPart, QuantizedMatrix> {
  const done = new Map<MatrixPart, QuantizedMatrix>();
  const used: Record<MatrixPart, LinearWeights> = { ...layer.matrices };
  const weights = { matrices: used, gains: layer.gains };
  let x = forward?.attentionInput(layer.gains) ?? null;
  INPUT_GROUPS.forEach((parts, step) => {
    const tasks = parts.map((part) => ({
      matrix: layer.matrices[part],
      method: methodOf(recipe, layer.index, part),
    }));
    const needsHessian = tasks.some(({ method }) => method.kind === 'int4-gptq');
    const statistics = x === null ? null : statisticsOf(x, tasks[0].matrix.columns, needsHessian);
    quantizeTogether(tasks, recipe.outliers, statistics).forEach((quantized, index) => {
      const part = parts[index];
      done.set(part, quantized);
      used[part] = { ...layer.matrices[part], values: quantized.values };
    });
    if (forward === null || x === null) return;
    if (step === 0) x = forward.outputInput(x, weights);
    else if (step === 1) x = forward.feedForwardInput(x, used.attn_output, layer.gains);
    else if (step === 2) x = forward.downInput(x, weights);
    else forward.finishLayer(x, used.ffn_down);
  });
  return done;
}

function statisticsOf(x: Float32Array, columns: number, needsHessian: boolean): InputStatistics {
  const energy = new Float64Array(columns);
  for (let at = 0; at < x.length; at++) energy[at % columns] += x[at] * x[at];
  return { energy, hessian: needsHessian ? gram(x, columns) : null };
}
