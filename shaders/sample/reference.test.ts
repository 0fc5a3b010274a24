import { describe, expect, it } from 'vitest';
import { drawReference, sampleDistribution, uniformNumber } from './reference.ts';

describe('the oracle of sample', () => {
  it('draws with the frequencies of the distribution (chi-square, 20 000 draws)', () => {
    const logits = Float32Array.of(1, 2, 0.5, 3, 2.5, -1, 0, 1.5);
    const settings = { temperature: 0.8, topK: 6, topP: 0.97, minP: 0.02 };
    const distribution = sampleDistribution(logits, settings);
    expect(distribution.ids).toEqual([3, 4, 1, 7, 0]);
    const draws = 20000;
    for (const seed of [1, 2, 0xffffffff]) {
      const counts = new Map<number, number>();
      for (let step = 0; step < draws; step++) {
        const { id } = drawReference(distribution, uniformNumber(seed, step));
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      let chiSquare = 0;
      distribution.ids.forEach((id, i) => {
        const expected = draws * distribution.probabilities[i];
        chiSquare += ((counts.get(id) ?? 0) - expected) ** 2 / expected;
      });
      // 4 degrees of freedom: 18.5 is exceeded by chance once in 1000.
      expect(chiSquare).toBeLessThan(18.5);
    }
  });

  it('gives different numbers for neighbouring seeds and steps, all inside (0, 1)', () => {
    const numbers = new Set<number>();
    for (let seed = 0; seed < 30; seed++) {
      for (let step = 0; step < 30; step++) numbers.add(uniformNumber(seed, step));
    }
    expect(numbers.size).toBeGreaterThan(895);
    expect(Math.min(...numbers)).toBeGreaterThan(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
  });

  it('keeps the smallest prefix that reaches top-p, and always the best token', () => {
    const logits = Float32Array.from([0.5, 0.3, 0.2], Math.log);
    const settings = { temperature: 1, topK: 0, topP: 0.6, minP: 0 };
    expect(sampleDistribution(logits, settings).ids).toEqual([0, 1]);
    expect(sampleDistribution(logits, { ...settings, topP: 0 }).ids).toEqual([0]);
    expect(sampleDistribution(logits, { ...settings, topP: 1, minP: 0.5 }).ids).toEqual([0, 1]);
    expect(sampleDistribution(logits, { ...settings, topP: 1, topK: 1 }).ids).toEqual([0]);
  });
});
