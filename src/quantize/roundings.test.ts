import { describe, expect, it } from 'vitest';
import { seededUniform } from '../../shaders/case.ts';
import { dequantize, type Weights } from './codes.ts';
import { roundBinary, roundTernary } from './few-bits.ts';
import { roundGptq } from './gptq.ts';
import { gram, product } from './product.ts';
import { roundToNearest, roundWithOneScale } from './rtn.ts';

function weightsOf(
  values: readonly number[],
  columns: number,
  excluded: readonly number[] | null = null,
): Weights {
  return {
    rows: values.length / columns,
    columns,
    values: Float32Array.from(values),
    excluded: excluded === null ? null : Uint8Array.from(excluded),
  };
}

function randomWeights(rows: number, columns: number, seed = 1): Weights {
  const random = seededUniform(seed);
  return weightsOf(Array.from({ length: rows * columns }, random), columns);
}

describe('rounding to nearest', () => {
  it('has s = max / 7 per row and rounds ties to even', () => {
    const { codes, scales } = roundToNearest(weightsOf([14, 1, 3, -14, 0, 0, 0, 0], 4), {
      kind: 'int4',
      group: 0,
    });
    expect([...codes.subarray(0, 4)]).toEqual([7, 0, 2, -7]);
    expect(scales[0]).toBe(2);
    expect([...codes.subarray(4)]).toEqual([0, 0, 0, 0]);
  });

  it('has a scale of its own for each group', () => {
    const values = Array.from({ length: 128 }, (_, k) => (k < 64 ? 7 : 14));
    const { codes, scales, groupSize } = roundToNearest(weightsOf(values, 128), { kind: 'int4', group: 64 });
    expect([groupSize, ...scales]).toEqual([64, 1, 2]);
    expect(codes.every((code) => code === 7)).toBe(true);
  });

  it('leaves excluded weights out of the scale, with the code 0', () => {
    const weights = weightsOf([7, 100, -7, 3], 4, [0, 1, 0, 0]);
    const { codes, scales } = roundToNearest(weights, { kind: 'int4', group: 0 });
    expect([scales[0], ...codes]).toEqual([1, 7, 0, -7, 3]);
  });

  it('finds a smaller scale with clip search, never a larger error', () => {
    const weights = randomWeights(8, 256);
    weights.values[5] = 4; // one outlier widens the plain scale
    const error = (clip: boolean) => {
      const rounded = dequantize(roundToNearest(weights, { kind: 'int4', group: 0, clip }));
      return rounded.reduce((sum, value, at) => sum + (value - weights.values[at]) ** 2, 0);
    };
    expect(error(true)).toBeLessThan(error(false));
  });

  it('has one scale for the matrix when asked', () => {
    const { scales, codes } = roundWithOneScale(weightsOf([127, 0, 1, -254], 2));
    expect([...scales]).toEqual([2, 2]);
    expect([...codes]).toEqual([64, 0, 0, -127]);
  });
});

describe('ternary and binary', () => {
  it('takes the mean of the magnitudes and rounds ties to even', () => {
    const { codes, scales } = roundTernary(weightsOf([2, -2, 0.5, -1.5, 1, 0, 4, 0.96], 4), 0);
    expect(scales[0]).toBeCloseTo(11.96 / 8, 6);
    expect([...codes]).toEqual([1, -1, 0, -1, 1, 0, 1, 1]);
  });

  it('keeps the magnitude of weights that are ternary already', () => {
    const { codes, scales } = roundTernary(weightsOf([0.25, 0, 0, -0.25], 4), 0);
    expect([scales[0], ...codes]).toEqual([0.25, 1, 0, 0, -1]);
  });

  it('does not count excluded weights: ternary code 0, binary the sign', () => {
    const weights = weightsOf([1, -9, 1, -1], 4, [0, 1, 0, 0]);
    expect([...roundTernary(weights, 0).codes]).toEqual([1, 0, 1, -1]);
    const binary = roundBinary(weights, 0);
    expect([binary.scales[0], ...binary.codes]).toEqual([1, 1, -1, 1, -1]);
  });

  it('gives groups scales that binary16 holds', () => {
    const { scales } = roundBinary(randomWeights(2, 256), 128);
    expect(scales.length).toBe(4);
    expect(scales.every((scale) => scale * 2 ** 14 === Math.round(scale * 2 ** 14))).toBe(true);
  });
});

describe('products', () => {
  it('equals plain sums at ragged sizes', () => {
    const [tokens, rows, columns] = [7, 6, 5];
    const x = randomWeights(tokens, columns, 2).values;
    const w = randomWeights(rows, columns, 3).values;
    const bias = Float32Array.from({ length: rows }, (_, m) => m);
    const out = product(x, w, columns, bias);
    for (let t = 0; t < tokens; t++) {
      for (let m = 0; m < rows; m++) {
        let sum = bias[m];
        for (let k = 0; k < columns; k++) sum += x[t * columns + k] * w[m * columns + k];
        expect(out[t * rows + m]).toBeCloseTo(sum, 5);
      }
    }
  });

  it('sums x x^T, also for more columns than one block', () => {
    const columns = 37;
    const x = randomWeights(9, columns, 4).values;
    const sums = gram(x, columns);
    for (const [i, j] of [
      [0, 0],
      [3, 20],
      [36, 17],
      [17, 36],
      [36, 36],
    ]) {
      let sum = 0;
      for (let t = 0; t < 9; t++) sum += x[t * columns + i] * x[t * columns + j];
      expect(sums[i * columns + j]).toBeCloseTo(sum, 5);
    }
  });
});

describe('GPTQ', () => {
  const columns = 192;
  const weights = randomWeights(16, columns, 5);
  // Inputs with correlation between neighbours and with large channels: where GPTQ helps.
  const x = randomWeights(400, columns, 6).values.map((value, at, all) => {
    const k = at % columns;
    return (value + (k > 0 ? 0.9 * all[at - 1] : 0)) * (k % 17 === 0 ? 5 : 1);
  });
  const hessian = gram(x, columns);
  const outputError = (rounded: Float32Array) => {
    const difference = weights.values.map((value, at) => value - rounded[at]);
    return product(x, difference, columns).reduce((sum, value) => sum + value * value, 0);
  };
  const nearest = dequantize(roundToNearest(weights, { kind: 'int4', group: 0 }));

  it.each([true, false])(
    'makes a smaller error of the outputs than rounding to nearest (act order %s)',
    (actOrder) => {
      const { coded } = roundGptq(weights, hessian, { group: 64, clip: false, actOrder });
      const plain = dequantize(roundToNearest(weights, { kind: 'int4', group: 64 }));
      expect(outputError(dequantize(coded))).toBeLessThan(0.8 * outputError(plain));
      expect(outputError(plain)).toBeLessThan(outputError(nearest));
    },
  );

  it('equals rounding to nearest for inputs that do not correlate', () => {
    const identity = new Float64Array(columns * columns);
    for (let k = 0; k < columns; k++) identity[k * columns + k] = 2;
    const { coded } = roundGptq(weights, identity, { group: 0, clip: false, actOrder: true });
    expect(dequantize(coded)).toEqual(nearest);
  });

  it('lets excluded columns take the errors of the others', () => {
    const excluded = Uint8Array.from({ length: columns }, (_, k) => Number(k % 17 === 0));
    const masked = { ...weights, excluded };
    const { coded, adjusted } = roundGptq(masked, hessian, { group: 0, clip: false, actOrder: true });
    const rounded = dequantize(coded);
    expect(rounded.every((value, at) => excluded[at % columns] === 0 || value === 0)).toBe(true);
    const untouched = rounded.map((value, at) => (excluded[at % columns] ? weights.values[at] : value));
    const together = rounded.map((value, at) => value + adjusted[at]);
    expect(outputError(together)).toBeLessThan(outputError(untouched));
  });

  it('gives inputs that never occur the weight 0', () => {
    const dead = hessian.slice();
    for (let k = 0; k < columns; k++) dead[3 * columns + k] = dead[k * columns + 3] = 0;
    const { coded } = roundGptq(weights, dead, { group: 0, clip: false, actOrder: true });
    expect(coded.codes[3]).toBe(0);
  });
});
