import { describe, expect, it } from 'vitest';
import { parseReport } from './report-file.ts';

const summary = { median: 1, p10: 1, p90: 1, minimum: 1, maximum: 1, repeats: 2 };
const budget = { dispatchesPerLayer: 12, dispatchesBesideLayers: 5, submits: 1, readBacks: 0.25 };
const SOUND = {
  format: 'sterna-benchmark',
  version: 1,
  date: '2026-01-01',
  commit: 'a',
  runtime: 'r',
  device: {
    adapter: { vendor: '', architecture: '', device: '', description: '', driver: '', isFallback: true },
    packedDot: 'none',
    features: [],
    choices: ['x'],
  },
  model: {
    id: 'm',
    name: 'M',
    synthetic: false,
    architecture: 'a',
    parameters: 1,
    layers: 1,
    contextLength: 16,
    activations: 'int8',
    weightsBytes: 1,
    kvCacheBytes: 1,
  },
  ceilings: { copyBytesPerSecond: 1, dispatchSeconds: 0, readBackSeconds: 1 },
  tests: [{ name: 'tg1', kind: 'decode', tokens: 1, depth: 0, tokensPerSecond: summary }],
  skipped: [],
  counts: { mode: 'int8', dispatches: 1, ...budget, created: 0, written: 0, countedTokens: 1, budget },
  tokenTime: null,
  kernelMethod: null,
  kernels: [],
};

describe('parseReport', () => {
  it('accepts a sound report', () => {
    expect(parseReport(JSON.stringify(SOUND))).toEqual({ report: SOUND });
  });

  it('accepts one with the speed of text, and without', () => {
    const textSpeed = { tokensPerSecond: summary, bytesPerSecond: summary };
    for (const value of [textSpeed, null]) {
      const report = { ...SOUND, textSpeed: value };
      expect(parseReport(JSON.stringify(report))).toEqual({ report });
    }
    expect(parseReport(JSON.stringify({ ...SOUND, textSpeed: {} }))).toEqual({
      problem: expect.stringMatching(/textSpeed.tokensPerSecond is missing/),
    });
  });

  it.each([
    ['no JSON', '{', /no JSON/],
    ['null', 'null', /no result of this benchmark/],
    ['another format', '{"format":"x"}', /no result of this benchmark/],
    ['another version', JSON.stringify({ ...SOUND, version: 2 }), /version 2; this page reads 1/],
    ['a missing part', JSON.stringify({ ...SOUND, model: undefined }), /result.model is missing/],
    [
      'a number as text',
      JSON.stringify({ ...SOUND, ceilings: { copyBytesPerSecond: '1' } }),
      /copyBytesPerSecond is no number/,
    ],
    ['a long text', JSON.stringify({ ...SOUND, commit: 'x'.repeat(1001) }), /commit is no short text/],
    ['a long list', JSON.stringify({ ...SOUND, skipped: Array(501).fill('x') }), /skipped is no list/],
    [
      'a bad entry',
      JSON.stringify({ ...SOUND, tests: [{ ...SOUND.tests[0], depth: null }] }),
      /tests\[0\].depth is no number/,
    ],
  ])('refuses %s', (_, text, message) => {
    expect(parseReport(text)).toEqual({ problem: expect.stringMatching(message) });
  });
});
