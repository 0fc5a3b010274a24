// The rotation of a layer's input on the device: what stands before the product of a matrix that was stored rotated.
import { EngineError } from '../../errors.ts';
import type { BuildContext, InputRotation } from '../architecture.ts';
import type { StackedTensor } from './stacked-tensor.ts';

/** x' = H (signs o x), H orthonormal in blocks. The buffer belongs to the pool. */
export interface DeviceRotation {
  /** Columns that are mixed with each other. */
  readonly block: number;
  /** [K] f32; null: all are 1. */
  readonly signs: GPUBuffer | null;
}

/**
 * The rotation that all tensors of a stack share, or null.
 * @throws EngineError 'unsupported-model' when they differ, 'out-of-memory'
 */
export function createInputRotation(
  label: string,
  parts: readonly StackedTensor[],
  context: BuildContext,
): DeviceRotation | null {
  const rotations = parts.map(({ tensor }) => context.rotations?.get(tensor) ?? null);
  const [first] = rotations;
  const other = rotations.findIndex((rotation) => !sameRotation(rotation, first));
  if (other >= 0) {
    throw new EngineError(
      'unsupported-model',
      `Tensors ${parts[0].tensor} and ${parts[other].tensor} share their input but not its rotation (blocks of ${first?.block ?? 'none'} and ${rotations[other]?.block ?? 'none'}); one rotation for both is needed. Use another conversion of the model.`,
      { details: { tensor: parts[other].tensor } },
    );
  }
  return first === null ? null : uploadRotation(label, first, context);
}

/** Uploads the signs. @throws EngineError 'out-of-memory' */
export function uploadRotation(
  label: string,
  rotation: InputRotation,
  context: BuildContext,
): DeviceRotation {
  const { block, signs } = rotation;
  if (signs === null) return { block, signs: null };
  return { block, signs: context.pool.upload(`${label} signs`, Float32Array.from(signs), 'weights') };
}

// Signs belong to the width of the input, which a stack shares.
function sameRotation(a: InputRotation | null, b: InputRotation | null): boolean {
  return a?.block === b?.block && (a?.signs ?? null) === (b?.signs ?? null);
}
