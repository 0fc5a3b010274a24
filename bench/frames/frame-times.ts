// What a list of times between frames says.

/** Distribution of the times between frames, in milliseconds. */
export interface FrameTimes {
  readonly frames: number;
  readonly median: number;
  readonly p99: number;
  readonly longest: number;
  /** Frames of 60 a second that are missing. */
  readonly dropped: number;
  /** Frames up to each bound, and beyond the one before; null: without bound. */
  readonly histogram: readonly { readonly upToMs: number | null; readonly count: number }[];
}

const FRAME_MS = 1000 / 60;
/** One frame, two, three, six, and what everybody sees. */
const BOUNDS: readonly (number | null)[] = [20, 36, 52, 102, 250, null];

/** @param intervals milliseconds between neighbouring frames; at least one */
export function frameTimes(intervals: readonly number[]): FrameTimes {
  if (intervals.length === 0) throw new Error('no frame was shown; at least two are needed');
  const sorted = [...intervals].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return {
    frames: intervals.length,
    median: at(0.5),
    p99: at(0.99),
    longest: sorted[sorted.length - 1],
    dropped: intervals.reduce((sum, ms) => sum + Math.max(0, Math.round(ms / FRAME_MS) - 1), 0),
    histogram: BOUNDS.map((upToMs, index) => {
      const from = index === 0 ? 0 : (BOUNDS[index - 1] ?? 0);
      const count = intervals.filter((ms) => ms > from && ms <= (upToMs ?? Number.POSITIVE_INFINITY)).length;
      return { upToMs, count };
    }),
  };
}
