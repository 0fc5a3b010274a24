import { describe, expect, it } from 'vitest';
import type { PassShape } from '../gpu/graph.ts';
import { type PacedDispatch, type PaceLimits, PrefillPace, paceLimits } from './prefill-pace.ts';

const LAYERS = 30;
const LIMITS: PaceLimits = { submitMs: 8, inFlight: 1, firstDispatches: 4, heads: [100] };

const matrix = (label: string, m: number, k: number): PacedDispatch => ({
  label,
  kernel: 'matmul-ternary/dp4a-tiled',
  params: { m, k },
  workgroups: ({ tokens }) => Math.ceil(m / 64) * Math.ceil(tokens / 64),
});

const other = (label: string): PacedDispatch => ({
  label,
  kernel: 'rms-norm/naive',
  params: {},
  workgroups: ({ tokens }) => tokens,
});

const attention = (label: string): PacedDispatch => ({
  label,
  kernel: 'attention-prefill/staged f32',
  params: { heads: 20, head_dim: 128 },
  workgroups: ({ tokens }) => 20 * Math.ceil(tokens / 32),
});

/** Sizes of BitNet-2B. */
const GRAPH: readonly PacedDispatch[] = Array.from({ length: LAYERS }, (_, layer) => [
  other(`blk.${layer} norm`),
  matrix(`blk.${layer} qkv`, 3840, 2560),
  attention(`blk.${layer} attention`),
  matrix(`blk.${layer} output`, 2560, 2560),
  matrix(`blk.${layer} gate and up`, 13824, 2560),
  other(`blk.${layer} gate`),
  matrix(`blk.${layer} down`, 2560, 6912),
]).flat();

/** A device with `speed` T products of int8 a second: milliseconds of a dispatch, not in the proportions that the pace begins with. */
function trueMs(info: PacedDispatch, { tokens, position }: PassShape, speed: number): number {
  const { m, k, heads, head_dim: headDim } = info.params;
  if (heads !== undefined) return (heads * headDim * tokens * (position + tokens / 2) * 20) / 1e9 / speed;
  if (m !== undefined) return (m * k * 64 * Math.ceil(tokens / 64)) / 1e9 / speed;
  return (tokens * 40_000) / 1e9 / speed;
}

interface Trace {
  readonly submits: readonly { readonly ms: number; readonly dispatches: number }[];
  readonly chunks: readonly number[];
}

/** Prefills `count` tokens; `noise` multiplies the time of a submit as it is measured. */
function prefill(pace: PrefillPace, count: number, speed: number, noise: () => number = () => 1): Trace {
  const submits: { ms: number; dispatches: number }[] = [];
  const chunks: number[] = [];
  for (let position = 0; position < count; ) {
    const tokens = Math.min(pace.chunkTokens(position), count - position);
    const shape = { tokens, position };
    chunks.push(tokens);
    for (let first = 0; first < GRAPH.length; ) {
      const end = pace.endOfSubmit(first, shape);
      const ms = GRAPH.slice(first, end).reduce((sum, info) => sum + trueMs(info, shape, speed), 0);
      submits.push({ ms, dispatches: end - first });
      pace.record({ first, end }, shape, ms * noise() + 0.3);
      first = end;
    }
    position += tokens;
  }
  return { submits, chunks };
}

const longest = ({ submits }: Trace) => Math.max(...submits.map(({ ms }) => ms));

describe('PrefillPace', () => {
  it.each([
    ['a fast GPU', 20],
    ['a laptop', 1],
    ['a phone', 0.5],
  ])('keeps every submit near the target on %s', (_, speed) => {
    const pace = new PrefillPace(GRAPH, 512, LIMITS);
    expect(longest(prefill(pace, 600, speed))).toBeLessThan(12);
    const warm = prefill(pace, 2000, speed);
    expect(longest(warm)).toBeLessThan(10);
    // It does not crawl either: a submit has work for a good part of the target, or the whole pass.
    const mean = warm.submits.reduce((sum, { ms }) => sum + ms, 0) / warm.submits.length;
    expect(mean).toBeGreaterThan(3);
  });

  it('takes the largest chunks where a dispatch fits, and smaller ones where it does not', () => {
    const fast = new PrefillPace(GRAPH, 512, LIMITS);
    prefill(fast, 600, 20);
    expect(fast.chunkTokens(0)).toBe(512);
    const slow = new PrefillPace(GRAPH, 512, LIMITS);
    prefill(slow, 600, 1);
    expect(slow.chunkTokens(0)).toBeGreaterThanOrEqual(64);
    expect(slow.chunkTokens(0)).toBeLessThan(256);
    expect(slow.chunkTokens(100_000)).toBeLessThan(slow.chunkTokens(0)); // attention alone takes its time there
    const slowest = new PrefillPace(GRAPH, 512, LIMITS);
    prefill(slowest, 100, 1e-4);
    expect(slowest.chunkTokens(0)).toBe(8);
  });

  it('is not thrown by single slow submits', () => {
    const pace = new PrefillPace(GRAPH, 512, LIMITS);
    prefill(pace, 1000, 2);
    let calls = 0;
    const noisy = prefill(pace, 2000, 2, () => (calls++ % 10 === 9 ? 20 : 1));
    const quiet = prefill(new PrefillPace(GRAPH, 512, LIMITS), 2000, 2);
    expect(longest(noisy)).toBeLessThan(10);
    expect(noisy.submits.length).toBeLessThan(quiet.submits.length * 1.7);
  });

  it('gives every dispatch once, whatever the clock says', () => {
    const pace = new PrefillPace(GRAPH, 128, LIMITS);
    for (const speed of [1e6, 1e-6, 1]) {
      const { submits, chunks } = prefill(pace, 300, speed);
      const dispatches = submits.reduce((sum, submit) => sum + submit.dispatches, 0);
      expect(dispatches).toBe(chunks.length * GRAPH.length);
      expect(Math.max(...chunks)).toBeLessThanOrEqual(128);
    }
  });

  it('has longer submits when nothing else needs the GPU', () => {
    expect(paceLimits('fast', false).submitMs).toBeGreaterThan(10 * paceLimits('friendly', false).submitMs);
    expect(paceLimits('friendly', false)).toMatchObject({ submitMs: 8, inFlight: 1 });
  });
});
