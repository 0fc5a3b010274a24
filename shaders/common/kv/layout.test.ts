import { describe, expect, it } from 'vitest';
import { attentionDecode } from '../../attention-decode/kernel.ts';
import {
  headGroups,
  headsPerGroup,
  keysPerSplit,
  liveSplits,
  MAX_SPLITS,
  maxSplits,
} from '../attention-split.ts';
import { hadamardBlock, KV_KINDS, kvCacheBytes, kvTokenBytes } from './layout.ts';

describe('KV layout', () => {
  it('takes 4, 2, 1 and 1/2 bytes per column, and 4 for a scale', () => {
    expect(KV_KINDS.map((kind) => kvTokenBytes(kind, 128))).toEqual([512, 256, 132, 68]);
    expect(kvTokenBytes('int4', 100)).toBe(13 * 4 + 4);
  });

  it('rounds the capacity up to whole blocks', () => {
    expect(kvCacheBytes('f16', { kvHeads: 2, headDim: 64, capacity: 100 })).toBe(2 * 128 * 128);
  });

  it('rotates by the largest power of two that divides the head', () => {
    expect([32, 64, 96, 100, 128, 256].map(hadamardBlock)).toEqual([32, 64, 32, 4, 128, 256]);
  });
});

describe('splits of decode attention', () => {
  it('covers every live key, with at most MAX_SPLITS splits, none empty', () => {
    for (const live of [1, 63, 64, 65, 4095, 4096, 4097, 8131, 32768, 100_000]) {
      const splits = liveSplits(live);
      expect(splits).toBeLessThanOrEqual(Math.min(MAX_SPLITS, maxSplits(live)));
      expect(splits * keysPerSplit(live)).toBeGreaterThanOrEqual(live);
      expect((splits - 1) * keysPerSplit(live)).toBeLessThan(live);
    }
  });

  it('gives every query head to one workgroup, at most four to one', () => {
    for (const [heads, kvHeads] of [
      [4, 4],
      [4, 2],
      [20, 5],
      [14, 2],
      [5, 1],
      [32, 4],
      [9, 1],
    ]) {
      const perGroup = headsPerGroup(heads, kvHeads);
      expect(perGroup).toBeLessThanOrEqual(4);
      expect(headGroups(heads, kvHeads) * perGroup).toBeGreaterThanOrEqual(heads);
    }
  });

  it('sizes the grid by the live length, never by the capacity', () => {
    const grid = (capacity: number, position: number) =>
      attentionDecode.variants[0].workgroups({ heads: 20, kv_heads: 5, head_dim: 128, capacity, position });
    for (const position of [0, 63, 64, 1000, 4095]) {
      expect(grid(32768, position)).toEqual(grid(4096, position));
      expect(grid(4096, position)).toEqual([5, Math.ceil((position + 1) / 64), 1]);
    }
    expect(grid(32768, 32767)).toEqual([5, 64, 1]);
  });
});
