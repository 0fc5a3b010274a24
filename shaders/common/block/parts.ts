// Host side of the fused block-mode kernels: their parts, params and variants for every layout of integer codes.
import type { KernelFeature } from '../../../src/gpu/device.ts';
import { joinShader, type KernelVariant } from '../../../src/gpu/kernel.ts';
import { CELL_BYTES } from '../../layouts/cell-bytes.ts';
import dotCore from '../product/dot-core.wgsl?raw';
import dotPacked from '../product/dot-packed.wgsl?raw';
import int8 from '../product/int8.wgsl?raw';
import blockCell from './cell.wgsl?raw';
import blockDirect from './direct.wgsl?raw';
import blockNorm from './norm.wgsl?raw';
import blockNormLane from './norm-lane.wgsl?raw';
import blockQuantize from './quantize.wgsl?raw';
import blockQuantizeLane from './quantize-lane.wgsl?raw';
import blockRows from './rows.wgsl?raw';
import blockRowsEarly from './rows-early.wgsl?raw';
import blockRowsLane from './rows-lane.wgsl?raw';
import blockRowsStaged from './rows-staged.wgsl?raw';
import blockSquares from './squares.wgsl?raw';
import blockStaged from './staged.wgsl?raw';

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

/** WGSL with an entry point, and what belongs to it. */
export interface BlockMain {
  readonly main: string;
  readonly overrides: Readonly<Record<string, number>>;
  /** Other values for the autotuner. */
  readonly tunings?: KernelVariant['tunings'];
  readonly workgroups: KernelVariant['workgroups'];
  /** Layouts with other overrides and the grid that goes with them. */
  readonly except?: Readonly<Record<string, Pick<KernelVariant, 'overrides' | 'workgroups'>>>;
}

/** What a fused kernel adds to the parts that all of them share. */
export interface BlockKernelParts {
  /** For GPUs: teams of invocations, with barriers. */
  readonly teams: BlockMain;
  /** For adapters that compute on the CPU: invocations that work alone. Absent: the op is for GPUs. */
  readonly lanes?: BlockMain;
  /** Layouts of W; default all of integer codes. */
  readonly layouts?: readonly string[];
  /** True if the kernel quantises its output. */
  readonly quantizes: boolean;
  /**
   * Where teams find the activations. `direct`: in their buffers, dot_rows; `staged`: in workgroup memory, dot_staged_rows;
   * `made`: in workgroup memory, where the kernel puts them, with square_sums. Default direct.
   */
  readonly activations?: keyof typeof ACTIVATIONS;
  /** Parts besides block/rows, those of the norm and the quantisation, int8 and a dot16. */
  readonly parts?: { readonly teams: readonly string[]; readonly lanes: readonly string[] };
}

const ACTIVATIONS = {
  direct: [blockRows, blockDirect, blockSquares],
  staged: [blockRowsEarly, blockRowsStaged, blockStaged, blockSquares],
  made: [blockRowsEarly, blockStaged],
};

interface Technique {
  readonly name: string;
  readonly alone: boolean;
  readonly dot: string;
  readonly requires: readonly KernelFeature[];
}

const TECHNIQUES: readonly Technique[] = [
  { name: 'lanes', alone: true, dot: dotPacked, requires: ['packed-dot'] },
  { name: 'dp4a', alone: false, dot: dotPacked, requires: ['packed-dot'] },
  { name: 'naive', alone: false, dot: dotCore, requires: [] },
];

/** One variant per technique and layout, the fastest technique first. */
export function blockVariants({
  teams,
  lanes,
  layouts = CELL_BYTES.map(({ name }) => name),
  quantizes,
  activations = 'direct',
  parts = { teams: [], lanes: [] },
}: BlockKernelParts): KernelVariant[] {
  return TECHNIQUES.flatMap(({ name, alone, dot, requires }) => {
    const variant = alone ? lanes : teams;
    if (variant === undefined) return [];
    const { main, overrides, tunings, workgroups, except = {} } = variant;
    const shared = alone
      ? [blockDirect, blockRowsLane, blockNormLane]
      : [...ACTIVATIONS[activations], blockNorm];
    shared.push(blockCell, ...(alone ? parts.lanes : parts.teams), int8);
    if (quantizes) shared.push(alone ? blockQuantizeLane : blockQuantize);
    return CELL_BYTES.filter((layout) => layouts.includes(layout.name)).map(
      (layout): KernelVariant => ({
        name: `${name}-${layout.name.toLowerCase()}`,
        code: joinShader(main, ...shared, dot, layout.load),
        requires,
        layout: layout.name,
        barrierHeavy: !alone,
        cpuOnly: alone,
        // The plain dot is what the tuner compares with.
        ...(dot === dotPacked && { tunings }),
        ...(except[layout.name] ?? { overrides, workgroups }),
      }),
    );
  });
}

/** Grid of kernels whose workgroups own `perWorkgroup` blocks of 32 values. */
export function blockGrid(values: number, perWorkgroup = 1): readonly [number, number, number] {
  return [Math.ceil(values / (32 * perWorkgroup)), 1, 1];
}
