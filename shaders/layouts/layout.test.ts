import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shardRows } from './layout.ts';

describe('shardRows', () => {
  test('shards cover all rows in order and none is too large', () => {
    const natural = (max: number) => fc.integer({ min: 1, max });
    fc.assert(
      fc.property(natural(3000), natural(5000), natural(1 << 17), (rows, rowBytes, room) => {
        const maxBytes = rowBytes + room;
        const shards = shardRows(rows, rowBytes, maxBytes);
        const starts = shards.map(({ firstRow }) => firstRow);
        const ends = shards.map(({ firstRow, rowCount }) => firstRow + rowCount);
        expect(starts).toEqual([0, ...ends.slice(0, -1)]);
        expect(ends.at(-1)).toBe(rows);
        const counts = shards.map(({ rowCount }) => rowCount);
        expect(Math.min(...counts)).toBeGreaterThan(0);
        expect(Math.max(...counts) * rowBytes).toBeLessThanOrEqual(maxBytes);
      }),
      { seed: 24 },
    );
  });

  test('a row larger than a shard is an error', () => {
    expect(() => shardRows(3, 100, 99)).toThrow(RangeError);
    expect(shardRows(3, 100, 100)).toHaveLength(3);
  });
});
