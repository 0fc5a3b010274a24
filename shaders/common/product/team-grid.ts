// Grids of kernels in which a team of invocations shares some rows: the same rule as in their WGSL (lanes_for).
import { foldGrid, type KernelShape, type WorkgroupCounts } from '../../../src/gpu/kernel.ts';

/** Invocations of a workgroup of these kernels. */
export const TEAM_WG_SIZE = 64;

/** How rows are shared. */
export interface TeamWork {
  /** Rows of the whole dispatch. */
  readonly rows: number;
  /** Rows that one team has. */
  readonly rowsPerTeam: number;
  /** Pieces of a row (cells, words) over which a team strides: a larger team would be idle. */
  readonly pieces: number;
  /** Largest team, a power of two. */
  readonly limit: number;
  /** Columns of activations: layers of the grid. */
  readonly columns: number;
  /** Invocations of a workgroup. Default TEAM_WG_SIZE. */
  readonly workgroupSize?: number;
}

/** Workgroups when a team is the smallest power of two that covers the pieces, up to the limit. */
export function teamGrid(work: TeamWork): WorkgroupCounts {
  const { rows, rowsPerTeam, pieces, limit, columns, workgroupSize = TEAM_WG_SIZE } = work;
  let team = 1;
  while (team < pieces && team < limit) team *= 2;
  return foldGrid(Math.ceil(rows / ((workgroupSize / team) * rowsPerTeam)), columns);
}

/** Largest team of kernels that reduce by shuffles: the adapter's largest subgroup where it is known, at most 32. */
export function largestShuffleTeam(shape: KernelShape): number {
  return Math.min(32, shape.subgroup_max ?? 32);
}
