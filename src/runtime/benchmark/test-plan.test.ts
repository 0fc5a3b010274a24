import { describe, expect, it } from 'vitest';
import { planTests } from './test-plan.ts';

describe('planTests', () => {
  it('runs every test at every depth, depths in order', () => {
    const plan = planTests(['pp512', 'tg128'], [0, 1024], 4096);
    expect(plan.skipped).toEqual([]);
    expect(plan.tests.map(({ name, kind, tokens, depth }) => [name, kind, tokens, depth])).toEqual([
      ['pp512', 'prefill', 512, 0],
      ['tg128', 'decode', 128, 0],
      ['pp512', 'prefill', 512, 1024],
      ['tg128', 'decode', 128, 1024],
    ]);
  });

  it('leaves out what does not fit, and cuts a first test to the context', () => {
    const plan = planTests(['pp512', 'tg128'], [0, 200], 256);
    expect(plan.skipped).toEqual(['pp512 at depth 200', 'tg128 at depth 200']);
    expect(plan.tests.map(({ name, depth }) => `${name}@${depth}`)).toEqual(['pp255@0', 'tg128@0']);
  });

  it.each(['pp', 'tg0', 'xy12', 'pp-1', 'tg128 ', 'pp99999999'])('refuses the name "%s"', (name) => {
    expect(() => planTests([name], [0], 4096)).toThrow(/is unknown; expected pp or tg/);
  });

  it('says that nothing fits', () => {
    expect(() => planTests(['tg128'], [4096], 4096)).toThrow(/No test fits a context of 4096/);
  });
});
