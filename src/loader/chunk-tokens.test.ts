import { describe, expect, it } from 'vitest';
import { defaultChunkTokens } from './chunk-tokens.ts';

describe('defaultChunkTokens', () => {
  it('is a quarter of the context, from 128 to 512 tokens', () => {
    const chunks = [1, 100, 128, 500, 1024, 1500, 2048, 4096, 131072].map((context) =>
      defaultChunkTokens(context),
    );
    expect(chunks).toEqual([1, 100, 128, 128, 256, 320, 512, 512, 512]);
  });

  it('is smaller on the CPU and on devices with small buffers', () => {
    const maxBufferBytes = 2 ** 31;
    expect(defaultChunkTokens(4096, { onCpu: true, maxBufferBytes })).toBe(128);
    expect(defaultChunkTokens(4096, { onCpu: false, maxBufferBytes })).toBe(512);
    expect(defaultChunkTokens(4096, { onCpu: false, maxBufferBytes: 2 ** 28 })).toBe(256);
    expect(defaultChunkTokens(512, { onCpu: false, maxBufferBytes: 2 ** 28 })).toBe(128);
  });
});
