import { describe, expect, it } from 'vitest';
import { RING_SIZE } from '../../shaders/advance/kernel.ts';
import { chooseReadBatch, MAX_READ_BATCH, MAX_READS_IN_FLIGHT, stepsAhead } from './read-batch.ts';

describe('chooseReadBatch', () => {
  it('reads the first tokens one by one, however fast they are', () => {
    expect(chooseReadBatch({ received: 0, tokenMs: null })).toBe(1);
    expect(chooseReadBatch({ received: 1, tokenMs: 0.5 })).toBe(1);
  });

  it.each([
    [61, 1],
    [60, 4],
    [20, 4],
    [8, 5],
    [4, 10],
    [1, MAX_READ_BATCH],
    [0, MAX_READ_BATCH],
  ])('reads tokens of %d ms in batches of %d', (tokenMs, batch) => {
    expect(chooseReadBatch({ received: 10, tokenMs })).toBe(batch);
  });

  it('needs at most a quarter of a read-back per token where tokens take up to 60 ms', () => {
    for (let tokenMs = 0; tokenMs <= 60; tokenMs += 0.5) {
      expect(1 / chooseReadBatch({ received: 2, tokenMs })).toBeLessThanOrEqual(0.25);
    }
  });
});

describe('stepsAhead', () => {
  it('covers a batch, and stays within the ring of ids and the staging buffers', () => {
    for (let batch = 1; batch <= MAX_READ_BATCH; batch++) {
      for (const onCpu of [true, false]) {
        const ahead = stepsAhead(batch, onCpu);
        expect(ahead).toBeGreaterThan(batch);
        expect(ahead + MAX_READ_BATCH).toBeLessThan(RING_SIZE);
        expect(Math.ceil(ahead / batch)).toBeLessThanOrEqual(MAX_READS_IN_FLIGHT);
      }
    }
  });
});
