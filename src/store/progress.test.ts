import { describe, expect, it } from 'vitest';
import type { LoadProgress } from '../api/types.ts';
import { createProgressMeter } from './progress.ts';

function setup() {
  const reports: LoadProgress[] = [];
  const clock = { ms: 0 };
  const meter = createProgressMeter({ report: (progress) => reports.push(progress), now: () => clock.ms });
  return { reports, clock, meter };
}

describe('createProgressMeter', () => {
  it('reports the first phase at once, with nothing known', () => {
    const { reports } = setup();
    expect(reports).toEqual([
      {
        phase: 'connect',
        loadedBytes: 0,
        totalBytes: 0,
        cachedBytes: 0,
        bytesPerSecond: 0,
        remainingMs: null,
      },
    ]);
  });

  it('reports bytes at most ten times a second, and phases always', () => {
    const { reports, clock, meter } = setup();
    for (let ms = 1; ms <= 1000; ms++) {
      clock.ms = ms;
      meter.bytes({ loadedBytes: ms, cachedBytes: 0 });
    }
    expect(reports).toHaveLength(11);
    meter.phase('compile');
    meter.phase('warm-up');
    expect(reports.slice(11).map((report) => report.phase)).toEqual(['compile', 'warm-up']);
    expect(reports.at(-1)?.loadedBytes).toBe(1000);
  });

  it('estimates speed and time left from the last three seconds', () => {
    const { reports, clock, meter } = setup();
    meter.setTotal(10_000_000);
    let loadedBytes = 0;
    const run = (untilMs: number, bytesPer100Ms: number) => {
      while (clock.ms < untilMs) {
        clock.ms += 100;
        loadedBytes += bytesPer100Ms;
        meter.bytes({ loadedBytes, cachedBytes: 0 });
      }
    };
    run(5000, 100_000);
    expect(reports.at(-1)?.bytesPerSecond).toBeCloseTo(1_000_000, -3);
    expect(reports.at(-1)?.remainingMs).toBeCloseTo(5000, -2);
    run(9000, 10_000); // the network becomes slow
    expect(reports.at(-1)?.bytesPerSecond).toBeCloseTo(100_000, -3);
  });

  it('ends with everything loaded and no time left', () => {
    const { reports, meter } = setup();
    meter.setTotal(500);
    meter.bytes({ loadedBytes: 480, cachedBytes: 480 }); // padding is never read
    meter.phase('ready');
    expect(reports.at(-1)).toMatchObject({
      phase: 'ready',
      loadedBytes: 500,
      totalBytes: 500,
      remainingMs: 0,
    });
  });
});
