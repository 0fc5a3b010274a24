// The judge of the kernel suite must itself refuse what is wrong.
import { describe, expect, it } from 'vitest';
import type { Expectation } from '../../shaders/case.ts';
import { compareOutput } from './compare.ts';

function judge(expectation: Expectation, actual: ArrayBufferView, initial: ArrayBufferView = actual) {
  const bytes = (view: ArrayBufferView) =>
    new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice().buffer as ArrayBuffer;
  return compareOutput({ name: 'out', actual: bytes(actual), initial: bytes(initial), expectation });
}

const close = (values: number[]): Expectation => ({
  kind: 'close',
  values: Float64Array.from(values),
  absolute: 0.25,
  relative: 0,
  reason: 'test',
});

describe('compareOutput', () => {
  it('accepts equal integers, signed or not, and names the first unequal one', () => {
    const exact: Expectation = { kind: 'exact', values: Int32Array.of(1, -2) };
    expect(judge(exact, Int32Array.of(1, -2)).error).toBeNull();
    expect(judge(exact, Int32Array.of(1, -3)).error).toContain('out[1] is -3; expected -2');
  });

  it('measures floats against the tolerance, both sides of the bound', () => {
    expect(judge(close([1]), Float32Array.of(1.25))).toEqual({ error: null, worst: 1 });
    expect(judge(close([1]), Float32Array.of(1.2501)).error).toContain('out[0]');
  });

  it('refuses NaN where a number is expected', () => {
    expect(judge(close([1]), Float32Array.of(Number.NaN)).error).toContain('NaN');
  });

  it('lets an int8 code differ by one only near a tie', () => {
    const packed = (preRounding: number): Expectation => ({
      kind: 'packed-int8',
      values: Int8Array.of(2, 0, 0, 0),
      preRounding: Float64Array.of(preRounding, 0, 0, 0),
      tieWidth: 0.01,
    });
    expect(judge(packed(2.495), Int8Array.of(3, 0, 0, 0)).error).toBeNull();
    expect(judge(packed(2.4), Int8Array.of(3, 0, 0, 0)).error).toContain('out[0] is 3');
    expect(judge(packed(2.495), Int8Array.of(4, 0, 0, 0)).error).toContain('out[0] is 4');
  });

  it('finds a write beyond the expected elements', () => {
    const initial = Float32Array.of(0, 7);
    expect(judge(close([1]), Float32Array.of(1, 7), initial).error).toBeNull();
    expect(judge(close([1]), Float32Array.of(1, 8), initial).error).toContain('beyond the 4 expected');
  });

  it('refuses a case that expects more than its buffer holds', () => {
    expect(judge(close([1, 2]), Float32Array.of(1)).error).toContain('expects 2 elements');
  });
});
