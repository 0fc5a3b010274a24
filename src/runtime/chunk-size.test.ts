import { describe, expect, it } from 'vitest';
import { ChunkSizer } from './chunk-size.ts';

describe('ChunkSizer', () => {
  it('grows at most twofold per chunk on a fast device, up to the maximum', () => {
    const sizer = new ChunkSizer(128);
    expect(sizer.tokens).toBe(32);
    sizer.record(32, 1);
    expect(sizer.tokens).toBe(64);
    sizer.record(64, 1);
    sizer.record(128, 1);
    expect(sizer.tokens).toBe(128);
  });

  it('shrinks on a slow device, but never below one step', () => {
    const sizer = new ChunkSizer(128);
    sizer.record(32, 4000);
    expect(sizer.tokens).toBe(8);
  });

  it('ignores a short last chunk', () => {
    const sizer = new ChunkSizer(128);
    sizer.record(3, 400);
    expect(sizer.tokens).toBe(32);
  });
});
