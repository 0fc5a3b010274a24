import { describe, expect, it } from 'vitest';
import { PRESETS, readDepths, readTests } from './presets.ts';

describe('readTests', () => {
  it('reads names separated by commas or spaces', () => {
    expect(readTests(' PP512,tg128 tg32;')).toEqual({ values: ['pp512', 'tg128', 'tg32'] });
  });

  it.each(['', 'tg', 'tg0', 'pp12x', 'abc', Array(17).fill('tg1').join()])(
    'says what is wrong with "%s"',
    (text) => {
      expect(readTests(text)).toHaveProperty('problem');
    },
  );
});

describe('readDepths', () => {
  it('reads whole numbers', () => {
    expect(readDepths('0, 512')).toEqual({ values: [0, 512] });
  });

  it.each(['', '-1', '1.5', 'deep'])('says what is wrong with "%s"', (text) => {
    expect(readDepths(text)).toHaveProperty('problem');
  });
});

describe('PRESETS', () => {
  it('can all be read', () => {
    for (const { tests, depths } of PRESETS) {
      expect(readTests(tests)).toHaveProperty('values');
      expect(readDepths(depths)).toHaveProperty('values');
    }
  });
});
