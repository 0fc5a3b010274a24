// Override values that the autotuner tries for kernels whose subgroups share rows: matvec-ternary, matvec-int8, matvec-float.
import { columnsOf, type KernelShape, type VariantTuning } from '../../../src/gpu/kernel.ts';
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
    columns: columnsOf(shape),
  });
}

// Smaller teams leave fewer lanes idle in rows of few cells; larger workgroups are fewer to start; two cells keep more
// loads in flight.
const ON_GPUS: readonly Partial<TeamOverrides>[] = [
  { MAX_LANES: 8 },
  { MAX_LANES: 16 },
  { CELLS: 2 },
  { MAX_LANES: 8, CELLS: 2 },
  { MAX_LANES: 16, CELLS: 2 },
  { MAX_LANES: 16, WG_SIZE: 256 },
  { WG_SIZE: 128 },
  { MAX_LANES: 4 },
];

/**
 * Tunings of a variant with these overrides.
 * @param rows numbers of rows per team that the kernel knows; fewer give more teams to small matrices, more share activations
 * @param onCpu every invocation is a team: only their rows count (WG_SIZE 16 to 256 and two cells made no difference there)
 */
export function teamTunings(
  base: TeamOverrides,
  { cellColumns, rows, onCpu = false }: { cellColumns: number; rows: readonly number[]; onCpu?: boolean },
): readonly VariantTuning[] {
  const others = rows.filter((count) => count !== base.ROWS).map((ROWS) => ({ ROWS }));
  const smallTeams = others.slice(0, 1).flatMap((other) => [
    { MAX_LANES: 8, ...other },
    { MAX_LANES: 16, ...other },
  ]);
  const list: Partial<TeamOverrides>[] = onCpu ? others : [...others, ...ON_GPUS, ...smallTeams];
  return list.map((overrides) => ({
    overrides,
    workgroups: (shape) => overriddenGrid(shape, cellColumns, { ...base, ...overrides }),
  }));
}
