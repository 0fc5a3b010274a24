// Byte counts to LoadProgress: speed as a moving average, time left, at most ten reports a second.

import type { LoadPhase, LoadProgress } from '../api/types.ts';
import type { ByteCount } from './byte-counter.ts';

/** Reports closer together than this cannot be told apart by a person and cost messages and layouts. */
const REPORT_INTERVAL_MS = 100;

/** The speed is the average over this time: long enough to be calm, short enough to follow a change of network. */
const SPEED_WINDOW_MS = 3000;

/** Below this time a speed would be noise. */
const SPEED_MIN_MS = 250;

/** Options of `createProgressMeter`. */
export interface ProgressMeterOptions {
  /** Receives the reports. */
  readonly report: (progress: LoadProgress) => void;
  /** Milliseconds on any clock that only goes forward. Default `performance.now`. */
  readonly now?: () => number;
}

/** Collects what is known of a load. A change of phase is reported at once, bytes at most every 100 ms. */
export interface ProgressMeter {
  /** Total size, once known. */
  setTotal(totalBytes: number): void;
  /** Newest sums, as often as they come. A sum that is dropped by the throttle is in the next report. */
  bytes(count: ByteCount): void;
  /** Enters a phase. `ready` is the last one: all bytes count as loaded and the time left is 0. */
  phase(phase: LoadPhase): void;
}

/** Creates a meter in phase `connect`, which it reports at once. Holds no timer: nothing to dispose. */
export function createProgressMeter(options: ProgressMeterOptions): ProgressMeter {
  const now = options.now ?? (() => performance.now());
  const samples: { readonly atMs: number; readonly loadedBytes: number }[] = [];
  let phase: LoadPhase = 'connect';
  let totalBytes = 0;
  let count: ByteCount = { loadedBytes: 0, cachedBytes: 0 };
  let reportedMs = Number.NEGATIVE_INFINITY;

  const report = (atMs: number) => {
    reportedMs = atMs;
    const bytesPerSecond = phase === 'ready' ? 0 : speed(samples, atMs, count.loadedBytes);
    const left = Math.max(0, totalBytes - count.loadedBytes);
    const estimate = bytesPerSecond > 0 && totalBytes > 0 ? (left / bytesPerSecond) * 1000 : null;
    const remainingMs = phase === 'ready' ? 0 : estimate;
    options.report({ phase, ...count, totalBytes, bytesPerSecond, remainingMs });
  };
  report(now());

  return {
    setTotal(bytes) {
      totalBytes = bytes;
    },
    bytes(newest) {
      count = newest;
      const atMs = now();
      if (atMs - reportedMs < REPORT_INTERVAL_MS) return;
      samples.push({ atMs, loadedBytes: count.loadedBytes });
      while (samples.length > 1 && atMs - samples[0].atMs > SPEED_WINDOW_MS) samples.shift();
      report(atMs);
    },
    phase(next) {
      phase = next;
      if (phase === 'ready') count = { ...count, loadedBytes: Math.max(count.loadedBytes, totalBytes) };
      report(now());
    },
  };
}

function speed(
  samples: readonly { readonly atMs: number; readonly loadedBytes: number }[],
  atMs: number,
  loadedBytes: number,
): number {
  const oldest = samples[0];
  if (oldest === undefined || atMs - oldest.atMs < SPEED_MIN_MS) return 0;
  return Math.max(0, ((loadedBytes - oldest.loadedBytes) / (atMs - oldest.atMs)) * 1000);
}
