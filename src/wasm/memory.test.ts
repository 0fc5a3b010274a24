import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WasmMemory } from './memory.ts';

describe('WasmMemory', () => {
  test('pieces never overlap, are aligned and zero, whatever is freed in between', () => {
    const step = fc.record({ size: fc.integer({ min: 1, max: 300_000 }), free: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const pieces = new WasmMemory();
        const held: { address: number; size: number }[] = [];
        for (const { size, free } of steps) {
          const address = pieces.allocate(size);
          expect(address % 64).toBe(0);
          const bytes = new Uint8Array(pieces.memory.buffer, address, size);
          expect(bytes.every((byte) => byte === 0)).toBe(true);
          bytes.fill(0xff);
          for (const other of held)
            expect(address + size <= other.address || other.address + other.size <= address).toBe(true);
          held.push({ address, size });
          const [gone] = free === 0 ? held.splice(held.length >> 1, 1) : [];
          if (gone) pieces.free(gone.address, gone.size);
        }
      }),
      { seed: 7, numRuns: 40 },
    );
  });

  test('what is freed is used again, also joined from neighbours', () => {
    const pieces = new WasmMemory();
    const sizes = [1000, 2000, 3000].map((size) => ({ size, address: pieces.allocate(size) }));
    const before = pieces.memory.buffer.byteLength;
    for (const { address, size } of [sizes[1], sizes[0], sizes[2]]) pieces.free(address, size);
    expect(pieces.allocate(6000)).toBe(sizes[0].address);
    expect(pieces.memory.buffer.byteLength).toBe(before);
  });

  test('more than there can be is one clear error', () => {
    const pieces = new WasmMemory();
    expect(() => pieces.allocate(2 ** 32)).toThrow(
      expect.objectContaining({ code: 'out-of-memory', message: expect.stringMatching(/smaller model/) }),
    );
    expect(pieces.allocate(64)).toBeGreaterThan(0);
  });
});
