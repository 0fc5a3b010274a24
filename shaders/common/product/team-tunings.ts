// Override values that the autotuner tries for kernels whose subgroups share rows: matvec-ternary, matvec-int8, matvec-float.
import type { KernelShape, VariantTuning } from '../../../src/gpu/kernel.ts';
import { largestShuffleTeam, TEAM_WG_SIZE, teamGrid } from './team-grid.ts';

/** Overrides of these kernels. */
export interface TeamOverrides {
  readonly WG_SIZE: number;
  readonly MAX_LANES: number;
  readonly ROWS: number;
  readonly CELLS: number;
}

/** Their values where a variant says nothing else. */
export const TEAM_DEFAULTS = { WG_SIZE: TEAM_WG_SIZE, MAX_LANES: 32, CELLS: 1 } as const;

/** Workgroups of a dispatch with these overrides. @param cellColumns columns of a cell of the layout */
export function overriddenGrid(shape: KernelShape, cellColumns: number, overrides: TeamOverrides) {
  return teamGrid({
    rows: shape.m,
    rowsPerTeam: overrides.ROWS,
    pieces: shape.k / cellColumns,
    limit: Math.min(overrides.MAX_LANES, largestShuffleTeam(shape)),
    workgroupSize: overrides.WG_SIZE,
  });
}

// Smaller teams leave fewer lanes idle in rows of few cells; fewer rows or larger teams give more of them to small
// matrices; two cells, or four rows, keep more loads in flight.
const ON_GPUS: readonly Partial<TeamOverrides>[] = [
  { MAX_LANES: 8 },
  { MAX_LANES: 16 },
  { CELLS: 2 },
  { MAX_LANES: 8, CELLS: 2 },
  { MAX_LANES: 16, CELLS: 2 },
  { WG_SIZE: 128 },
  { WG_SIZE: 256 },
  { MAX_LANES: 8, WG_SIZE: 256 },
  { MAX_LANES: 16, WG_SIZE: 128 },
  { MAX_LANES: 4 },
];

// Rows of an invocation, and of a task of the driver's thread pool.
const ON_CPUS: readonly Partial<TeamOverrides>[] = [{ WG_SIZE: 32 }, { WG_SIZE: 16 }, { WG_SIZE: 256 }];

/**
 * Tunings of a variant with these overrides.
 * @param rows other numbers of rows per team that the kernel knows, alone and with each of the other values
 */
export function teamTunings(
  base: TeamOverrides,
  { cellColumns, rows, onCpu = false }: { cellColumns: number; rows: readonly number[]; onCpu?: boolean },
): readonly VariantTuning[] {
  const values = onCpu ? ON_CPUS : ON_GPUS;
  const list: Partial<TeamOverrides>[] = [
    ...values,
    ...rows.flatMap((ROWS) => [{}, ...values].map((value) => ({ ROWS, ...value }))),
  ];
  return list.map((overrides) => ({
    overrides,
    workgroups: (shape) => overriddenGrid(shape, cellColumns, { ...base, ...overrides }),
  }));
}
