// Host side of the fused block-mode kernels: their parts, params and variants for every layout of integer codes.
import type { KernelFeature } from '../../src/gpu/device.ts';
import { joinShader, type KernelShape, type KernelVariant } from '../../src/gpu/kernel.ts';
import { CELL_BYTES } from '../layouts/cell-bytes.ts';
import blockNorm from './block-norm.wgsl?raw';
import blockQuantize from './block-quantize.wgsl?raw';
import blockRows from './block-rows.wgsl?raw';
import dotCore from './dot-core.wgsl?raw';
import dotPacked from './dot-packed.wgsl?raw';
import int8 from './int8.wgsl?raw';

/** group_shift of matrices with one scale per row. */
export const UNGROUPED_SHIFT = 31;

/**
 * group_shift of a matrix: log2 of the columns per weight scale.
 * @returns null when the fused kernels cannot read such groups: no power of two, or smaller than a cell
 */
export function groupShift(groupSize: number, columns: number, cellColumns: number): number | null {
  if (groupSize === columns) return UNGROUPED_SHIFT;
  const shift = Math.log2(groupSize);
  return Number.isInteger(shift) && groupSize >= cellColumns ? shift : null;
}

/** What a fused kernel adds to the parts that all of them share. */
export interface BlockKernelParts {
  /** WGSL with the entry point, for GPUs. */
  readonly main: string;
  /** Parts besides block-rows, block-norm, int8 and a dot16. */
  readonly parts: readonly string[];
  readonly overrides: Readonly<Record<string, number>>;
  readonly workgroups: KernelVariant['workgroups'];
}

/** The parts of a kernel that quantises its output. */
export const QUANTIZING_PARTS: readonly string[] = [blockQuantize];

interface Technique {
  readonly name: string;
  readonly dot: string;
  readonly requires: readonly KernelFeature[];
}

const TECHNIQUES: readonly Technique[] = [
  { name: 'dp4a', dot: dotPacked, requires: ['packed-dot'] },
  { name: 'naive', dot: dotCore, requires: [] },
];

/** One variant per technique and layout, the fastest technique first. */
export function blockVariants({ main, parts, overrides, workgroups }: BlockKernelParts): KernelVariant[] {
  return TECHNIQUES.flatMap(({ name, dot, requires }) =>
    CELL_BYTES.map(
      (layout): KernelVariant => ({
        name: `${name}-${layout.name.toLowerCase()}`,
        code: joinShader(main, blockRows, blockNorm, ...parts, int8, dot, layout.load),
        requires,
        layout: layout.name,
        barrierHeavy: true,
        overrides,
        workgroups,
      }),
    ),
  );
}

/** Number of blocks of 32 values: the grid of kernels that own one each. */
export function blockGrid(shape: KernelShape, values: string): readonly [number, number, number] {
  return [Math.ceil(shape[values] / 32), 1, 1];
}
