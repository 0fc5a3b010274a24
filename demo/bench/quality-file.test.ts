import { describe, expect, it } from 'vitest';
import { densityOf, type QualityMeasurement } from './quality-file.ts';
import { isComparable } from './quality-view.ts';
import { parseReport } from './report-file.ts';

const ROW: QualityMeasurement = {
  date: '2026-01-01T00:00:00.000Z',
  runtime: 'r',
  adapter: { vendor: 'v', architecture: '', device: '', description: '', driver: '', isFallback: false },
  model: {
    id: 'm',
    name: 'M',
    architecture: 'a',
    parameters: 10,
    bitsPerWeight: 2,
    fileBytes: 1_150_000_000,
  },
  settings: { head: 'int8', arithmetic: 'exact', kvCache: 'f32' },
  text: { name: 't', sha256: 'ab' },
  quality: {
    tokens: 4,
    bytes: 16,
    windows: 1,
    windowTokens: 4,
    strideTokens: 4,
    beginToken: false,
    natsPerToken: 2,
    standardError: 0.1,
    perplexity: Math.exp(2),
    natsPerByte: 0.5,
    bitsPerByte: 0.5 / Math.LN2,
    topOneAccuracy: 0.705,
    seconds: 1,
    tokensPerSecond: 4,
    bytesPerSecond: 16,
  },
  decode: null,
};
const file = (change: object) =>
  JSON.stringify({ format: 'sterna-quality', version: 2, measurements: [ROW], ...change });

describe('a file of measurements', () => {
  it('is read by the same import as results', () => {
    expect(parseReport(file({}))).toMatchObject({ measurements: [ROW] });
  });

  it('of version 1 is read as one whose settings nobody recorded', () => {
    const { settings: _, ...old } = ROW;
    expect(parseReport(file({ version: 1, measurements: [old] }))).toMatchObject({
      measurements: [{ ...old, settings: null }],
    });
  });

  it.each([
    ['another version', { version: 3 }, /version 3; this page reads 1 and 2/],
    ['no settings', { measurements: [{ ...ROW, settings: {} }] }, /settings.head is no short text/],
    ['no list', { measurements: 3 }, /file.measurements is no list/],
    ['a missing model', { measurements: [{ ...ROW, model: null }] }, /measurements\[0\].model is missing/],
    ['a bad speed', { measurements: [{ ...ROW, decode: {} }] }, /decode.tokensPerSecond is no number/],
  ])('is refused with %s', (_, change, message) => {
    expect(parseReport(file(change))).toEqual({ problem: expect.stringMatching(message) });
  });
});

describe('measurements', () => {
  it('have the density of the same share and size as in the white paper that defines it', () => {
    expect(densityOf(ROW)).toBeCloseTo(1.06, 2);
  });

  it('compare on the same text in the same windows only', () => {
    expect(isComparable([ROW, { ...ROW, date: 'later' }])).toBe(true);
    expect(isComparable([ROW, { ...ROW, text: { name: 't', sha256: 'cd' } }])).toBe(false);
    expect(isComparable([ROW, { ...ROW, quality: { ...ROW.quality, windowTokens: 8 } }])).toBe(false);
  });
});
