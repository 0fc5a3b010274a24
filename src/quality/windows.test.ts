import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planWindows, type WindowOptions } from './windows.ts';

describe('planWindows', () => {
  it('cuts the windows of the published figures: 24 x 256, none before a begin token', () => {
    const windows = planWindows(200_000, {
      windowTokens: 256,
      strideTokens: 256,
      windows: 24,
      beginToken: false,
    });
    expect(windows).toHaveLength(24);
    expect(windows[0]).toEqual({ first: 1, countedFrom: 1, end: 257 });
    expect(windows[23]).toEqual({ first: 1 + 23 * 256, countedFrom: 1 + 23 * 256, end: 1 + 24 * 256 });
  });

  it('gives context to later windows when they overlap', () => {
    const windows = planWindows(12, { windowTokens: 8, strideTokens: 2, beginToken: true });
    expect(windows).toEqual([
      { first: 0, countedFrom: 0, end: 8 },
      { first: 2, countedFrom: 8, end: 10 },
      { first: 4, countedFrom: 10, end: 12 },
    ]);
  });

  it('counts every prediction once, whatever the sizes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }).chain((windowTokens) =>
          fc.record({
            windowTokens: fc.constant(windowTokens),
            strideTokens: fc.integer({ min: 1, max: windowTokens }),
            beginToken: fc.boolean(),
            extra: fc.integer({ min: 1, max: 200 }),
          }),
        ),
        ({ extra, ...options }) => {
          const tokenCount = options.windowTokens + extra;
          const windows = planWindows(tokenCount, options);
          const counted = windows.flatMap(({ countedFrom, end }) =>
            Array.from({ length: end - countedFrom }, (_, index) => countedFrom + index),
          );
          const start = options.beginToken ? 0 : 1;
          expect(counted).toEqual(Array.from({ length: tokenCount - start }, (_, index) => start + index));
          for (const { first, countedFrom, end } of windows) {
            expect(first).toBeLessThanOrEqual(countedFrom);
            expect(end - first).toBeLessThanOrEqual(options.windowTokens);
          }
        },
      ),
    );
  });

  it.each<[string, number, WindowOptions]>([
    ['not one window', 256, { windowTokens: 256, strideTokens: 256, beginToken: false }],
    ['an empty text', 0, { windowTokens: 1, strideTokens: 1, beginToken: true }],
    [
      'fewer windows than asked for',
      600,
      { windowTokens: 256, strideTokens: 256, windows: 24, beginToken: false },
    ],
  ])('refuses a text that is too short: %s', (_, tokenCount, options) => {
    expect(() => planWindows(tokenCount, options)).toThrow(/too short: .*Give a longer text/);
  });
});
