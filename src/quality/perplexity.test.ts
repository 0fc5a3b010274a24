import { describe, expect, it, vi } from 'vitest';
import { byteTokenizer } from '../../test/support/byte-tokenizer.ts';
import type { TokenScores } from '../runtime/scorer.ts';
import { intelligenceDensity } from '../util/intelligence-density.ts';
import { measurePerplexity } from './perplexity.ts';

const BEGIN = 256;

/** A scorer that gives every byte the loss byte / 100 and holds "a" for the best token everywhere. */
function fakeScorer(reference = false) {
  const sequences: number[][] = [];
  const score = async (ids: readonly number[]): Promise<TokenScores> => {
    sequences.push([...ids]);
    const targets = ids.slice(1);
    return {
      losses: Float32Array.from(targets, (id) => id / 100),
      best: Uint32Array.from(targets, () => 97),
      reference: reference
        ? {
            divergences: Float32Array.from(targets, () => 0.25),
            best: Uint32Array.from(targets, (_, index) => (index % 2 === 0 ? 97 : 98)),
          }
        : null,
    };
  };
  return { sequences, score };
}

describe('measurePerplexity', () => {
  it('averages over the text and reports bits per byte', async () => {
    const scorer = fakeScorer();
    const onProgress = vi.fn();
    const report = await measurePerplexity({
      scorer,
      tokenizer: byteTokenizer(),
      contextLength: 64,
      text: 'xabab',
      options: { windowTokens: 4 },
      onProgress,
    });
    const nats = (97 + 98 + 97 + 98) / 4 / 100;
    expect(report).toMatchObject({ tokens: 4, bytes: 4, windows: 1, topOneAccuracy: 0.5, reference: null });
    expect(report.natsPerToken).toBeCloseTo(nats, 6);
    expect(report.perplexity).toBeCloseTo(Math.exp(nats), 5);
    expect(report.bitsPerByte).toBeCloseTo(nats / Math.LN2, 6);
    expect(report.standardError).toBeCloseTo(0.005 / 2, 6);
    expect(onProgress).toHaveBeenCalledExactlyOnceWith({
      doneWindows: 1,
      totalWindows: 1,
      natsPerToken: report.natsPerToken,
    });
  });

  it('begins each window with the begin token when asked, and counts overlapping predictions once', async () => {
    const scorer = fakeScorer();
    const report = await measurePerplexity({
      scorer,
      tokenizer: byteTokenizer(),
      contextLength: 64,
      text: 'abcdef',
      options: { windowTokens: 4, strideTokens: 2, beginToken: true },
    });
    expect(scorer.sequences).toEqual([
      [BEGIN, 97, 98, 99, 100],
      [BEGIN, 99, 100, 101, 102],
    ]);
    expect(report.tokens).toBe(6);
    expect(report.natsPerToken).toBeCloseTo((97 + 98 + 99 + 100 + 101 + 102) / 600, 6);
  });

  it('counts bytes, not characters', async () => {
    const report = await measurePerplexity({
      scorer: fakeScorer(),
      tokenizer: byteTokenizer(),
      contextLength: 64,
      text: 'a€€b',
      options: { windowTokens: 7 },
    });
    expect(report).toMatchObject({ tokens: 7, bytes: 7 });
  });

  it('compares with a reference', async () => {
    const report = await measurePerplexity({
      scorer: fakeScorer(true),
      tokenizer: byteTokenizer(),
      contextLength: 64,
      text: 'abcde',
      options: { windowTokens: 4 },
    });
    expect(report.reference).toEqual({ klNatsPerToken: 0.25, topOneAgreement: 0.5 });
  });

  it.each([
    ['windowTokens', { windowTokens: 65 }],
    ['strideTokens', { windowTokens: 4, strideTokens: 5 }],
    ['windows', { windows: 0 }],
  ])('refuses %s out of range', async (name, options) => {
    const task = {
      scorer: fakeScorer(),
      tokenizer: byteTokenizer(),
      contextLength: 64,
      text: 'abcdef',
      options,
    };
    await expect(measurePerplexity(task)).rejects.toThrow(new RegExp(`^${name} is .* expected`));
  });

  it('refuses losses that are not finite', async () => {
    const score = async (ids: readonly number[]): Promise<TokenScores> => ({
      losses: new Float32Array(ids.length - 1).fill(Number.NaN),
      best: new Uint32Array(ids.length - 1),
      reference: null,
    });
    const task = { scorer: { score }, tokenizer: byteTokenizer(), contextLength: 64, text: 'abcdef' };
    await expect(measurePerplexity({ ...task, options: { windowTokens: 4 } })).rejects.toMatchObject({
      code: 'gpu-error',
    });
  });
});

describe('intelligenceDensity', () => {
  it("gives PrismML's own figure: 70.5 % in 1.15 GB", () => {
    expect(intelligenceDensity(1 - 0.705, 1.15e9)).toBeCloseTo(1.06, 2);
  });

  it('is 0 for a model that is always wrong', () => {
    expect(intelligenceDensity(1, 1e9)).toBeCloseTo(0);
  });
});
