// Host side of the fused block-mode kernels: their parts, params and variants for every layout of integer codes.
import type { KernelFeature } from '../../../src/gpu/device.ts';
import { joinShader, type KernelVariant } from '../../../src/gpu/kernel.ts';
import { CELL_BYTES, type CellBytes } from '../../layouts/cell-bytes.ts';
import dotCore from '../product/dot-core.wgsl?raw';
import dotPacked from '../product/dot-packed.wgsl?raw';
import int8 from '../product/int8.wgsl?raw';
import blockCell from './cell.wgsl?raw';
import blockChannels from './channels.wgsl?raw';
import blockChannelsMade from './channels-made.wgsl?raw';
import blockCodesOnly from './codes-only.wgsl?raw';
import blockDirect from './direct.wgsl?raw';
import blockNorm from './norm.wgsl?raw';
import blockNormLane from './norm-lane.wgsl?raw';
import blockOutliers from './outliers.wgsl?raw';
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

/** Outlier channels beside a matrix, at most: the kernels keep their activations in workgroup memory. */
export const MAX_OUTLIERS = 1024;

/** Layouts of codes that may have outlier channels in int8 beside them: those of which the mixed recipe is made. */
const WITH_OUTLIERS: readonly string[] = ['T2', 'B1'] satisfies readonly CellBytes['name'][];

/**
 * Name of the layout of a matrix in `layout` with outlier channels beside it, for the fused kernels.
 * @returns null when they do not take such
 */
export function layoutWithOutliers(layout: string): string | null {
  return WITH_OUTLIERS.includes(layout) ? `${layout}+W8` : null;
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
  /** Layouts of W; default all of integer codes, with outliers where teams take them. */
  readonly layouts?: readonly string[];
  /** True if the kernel quantises its output. */
  readonly quantizes: boolean;
  /**
   * Where teams find the activations. `direct`: in their buffers; `staged`: in workgroup memory; `made`: in workgroup memory,
   * where the kernel puts them, with square_sums and a dot_codes of its own. Default direct.
   */
  readonly activations?: keyof typeof ACTIVATIONS;
  /** Parts besides block/rows, those of the norm and the quantisation, int8 and a dot16. */
  readonly parts?: { readonly teams: readonly string[]; readonly lanes: readonly string[] };
}

const ACTIVATIONS = {
  direct: { parts: [blockRows, blockDirect, blockSquares], channels: blockChannels },
  staged: { parts: [blockRowsEarly, blockRowsStaged, blockStaged, blockSquares], channels: blockChannels },
  made: { parts: [blockRowsEarly, blockStaged], channels: blockChannelsMade },
};

interface BlockLayout {
  readonly name: string;
  readonly cell: CellBytes;
  readonly hasOutliers: boolean;
}

const LAYOUTS = CELL_BYTES.flatMap((cell): BlockLayout[] => {
  const beside = layoutWithOutliers(cell.name);
  const plain = { name: cell.name, cell, hasOutliers: false };
  return beside === null ? [plain] : [plain, { name: beside, cell, hasOutliers: true }];
});

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
  layouts = LAYOUTS.map(({ name }) => name),
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
      : [...ACTIVATIONS[activations].parts, blockNorm];
    shared.push(blockCell, ...(alone ? parts.lanes : parts.teams), int8);
    if (quantizes) shared.push(alone ? blockQuantizeLane : blockQuantize);
    const besideCodes = ({ hasOutliers }: BlockLayout) =>
      hasOutliers ? [blockOutliers, ACTIVATIONS[activations].channels] : [blockCodesOnly];
    // Adapters that compute on the CPU run the teams too; fused decoding is not for them.
    const fitting = LAYOUTS.filter(
      (layout) => layouts.includes(layout.name) && !(alone && layout.hasOutliers),
    );
    return fitting.map(
      (layout): KernelVariant => ({
        name: `${name}-${layout.name.toLowerCase()}`,
        code: joinShader(main, ...shared, ...(alone ? [] : besideCodes(layout)), dot, layout.cell.load),
        requires,
        layout: layout.name,
        barrierHeavy: !alone,
        cpuOnly: alone,
        // The plain dot is what the tuner compares with.
        ...(dot === dotPacked && { tunings }),
        ...(except[layout.cell.name] ?? { overrides, workgroups }),
      }),
    );
  });
}

/** Grid of kernels whose workgroups own `perWorkgroup` blocks of 32 values. */
export function blockGrid(values: number, perWorkgroup = 1): readonly [number, number, number] {
  return [Math.ceil(values / (32 * perWorkgroup)), 1, 1];
}
