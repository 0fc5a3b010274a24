// Which inputs of a model to rotate at run time: those whose matrices are rounded with less error for it.
// The norms keep their gains, so that input and weights meet as before and the rounding error is all that changes.

import type { DecoderConfig } from '../architectures/blocks/decoder-config.ts';
import { hadamardBlock } from '../quant/quantization-metadata.ts';
import { readFloatLayer } from './float-layer.ts';
import type { OnlineRotations, RotationPlan } from './fold-rotation.ts';
import { rotateRows } from './hadamard.ts';
import { roundingError } from './quantize-matrix.ts';
import { INPUT_GROUPS, type MatrixPart, type Method, methodOf, type Recipe } from './recipe.ts';
import type { SourceModel } from './source-model.ts';

/**
 * A rotation must lower the squared error by a twentieth: two roundings with errors as large as each other differ by more
 * than that in what they do to a model (docs/cliff.md), and a rotation takes time.
 */
const LARGEST_SHARE = 0.95;

/**
 * Rounds every matrix with and without rotation, a layer at a time, and keeps the rotations that lower the sum of the
 * relative squared errors of the matrices with a common input by a twentieth. Inputs whose width has no block are left alone, and so are
 * those of a matrix that is kept in floats or is int8 per column.
 * @throws EngineError 'bad-file' as readFloatLayer; the signal's reason
 */
export async function chooseRotations(
  source: SourceModel,
  recipe: Recipe,
  config: DecoderConfig,
  signal?: AbortSignal,
): Promise<RotationPlan> {
  const online: OnlineRotations[] = [];
  for (let index = 0; index < config.layers; index++) {
    signal?.throwIfAborted();
    const { matrices } = await readFloatLayer(source, index, signal);
    const rotations = new Map<MatrixPart, number>();
    for (const parts of INPUT_GROUPS) {
      const block = hadamardBlock(matrices[parts[0]].columns);
      const methods = parts.map((part) => methodOf(recipe, index, part));
      if (block === null || !methods.every(gainsByRotation)) continue;
      let [plain, rotated] = [0, 0];
      for (const [at, part] of parts.entries()) {
        const matrix = matrices[part];
        plain += roundingError(matrix, methods[at]);
        rotateRows(matrix.values, matrix.columns, block);
        rotated += roundingError(matrix, methods[at]);
      }
      if (rotated < LARGEST_SHARE * plain) for (const part of parts) rotations.set(part, block);
    }
    online.push(rotations);
  }
  const isRotated = online.some(({ size }) => size > 0);
  return { residual: null, heads: null, online: isRotated ? online : null };
}

/** Floats lose nothing that a rotation could save, and scales per column go into what stands before the rotation. */
function gainsByRotation(method: Method): boolean {
  if (method.kind === 'int8') return method.axis === 'row';
  return method.kind !== 'keep' && method.kind !== 'f32' && method.kind !== 'f16';
}
