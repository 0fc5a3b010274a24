// How many columns of activations one workgroup takes in the kernels whose weights serve several of them.
import { columnsOf, type KernelShape } from '../../../src/gpu/kernel.ts';

/** Columns of a workgroup; each has its accumulators in registers. */
const COLUMNS = 4;

/** WGSL: the same number for the kernels. */
export const columnsPart = `const COLUMNS = ${COLUMNS}u;\n`;

/** Layers of the grid. */
export function columnGroups(shape: KernelShape): number {
  return Math.ceil(columnsOf(shape) / COLUMNS);
}
