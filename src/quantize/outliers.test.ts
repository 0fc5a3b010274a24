import { describe, expect, it } from 'vitest';
import { seededUniform } from '../../shaders/case.ts';
import {
  addChannels,
  addSparse,
  chooseChannels,
  chooseSparse,
  encodeSparse,
  outlierChannelCount,
} from './outliers.ts';
import { quantizeTogether } from './quantize-matrix.ts';
import type { Method } from './recipe.ts';

const COLUMNS = 256;
const ROWS = 8;

function matrix(seed: number, large: readonly number[] = []) {
  const random = seededUniform(seed);
  const values = Float32Array.from({ length: ROWS * COLUMNS }, (_, at) => {
    return random() * (large.includes(at % COLUMNS) ? 20 : 1);
  });
  return { name: `m${seed}.weight`, rows: ROWS, columns: COLUMNS, values, bias: null };
}

const TERNARY: Method = { kind: 'ternary', group: 0 };
const BINARY: Method = { kind: 'binary', group: 128 };

function relativeError(values: Float32Array, rounded: Float32Array, at: (index: number) => boolean): number {
  let [error, total] = [0, 0];
  values.forEach((value, index) => {
    if (!at(index)) return;
    error += (value - rounded[index]) ** 2;
    total += value ** 2;
  });
  return Math.sqrt(error / total);
}

describe('number of outlier channels', () => {
  it.each([
    [2560, 5, 128],
    [4096, 5, 208],
    [256, 5, 16],
    [6912, 1, 64],
    [96, 50, 48],
    [128, 50, 64],
  ])('of %d columns at %d %% is %d', (columns, percent, count) => {
    expect(outlierChannelCount(columns, percent)).toBe(count);
  });
});

describe('outlier channels', () => {
  const large = Array.from({ length: 60 }, (_, i) => 4 * i + 1);

  it('are the columns with the largest errors, shared by matrices with one input', () => {
    const first = matrix(1, large.slice(0, 30));
    const second = matrix(2, large.slice(30));
    const outliers = { structure: 'channels', percent: 25 } as const;
    const [a, b] = quantizeTogether(
      [
        { matrix: first, method: TERNARY },
        { matrix: second, method: TERNARY },
      ],
      outliers,
      null,
    );
    expect(a.channels?.index).toEqual(b.channels?.index);
    const chosen = [...(a.channels?.index ?? [])];
    expect(chosen.length).toBe(64);
    expect(chosen).toEqual([...chosen].sort((x, y) => x - y));
    expect(large.every((column) => chosen.includes(column))).toBe(true);
  });

  it.each([TERNARY, BINARY, { kind: 'int4-rtn', group: 64, clip: false } satisfies Method])(
    'hold what the base lacks to int8: %j',
    (method) => {
      const task = { matrix: matrix(3, large), method };
      const [{ values, channels, coded }] = quantizeTogether(
        [task],
        { structure: 'channels', percent: 25 },
        null,
      );
      const chosen = new Set(channels?.index);
      const isOutlier = (at: number) => chosen.has(at % COLUMNS);
      expect(relativeError(task.matrix.values, values, isOutlier)).toBeLessThan(0.01);
      if (method.kind !== 'binary') {
        expect(coded?.codes.every((code, at) => !isOutlier(at) || code === 0)).toBe(true);
      }
    },
  );

  it('weighs errors with the energy of the inputs', () => {
    const errors = Float32Array.from({ length: 128 }, (_, k) => (k < 64 ? 2 : 1));
    expect(chooseChannels([errors], 128, 64)[63]).toBe(63);
    const task = { matrix: matrix(4), method: TERNARY };
    const energy = Float64Array.from({ length: COLUMNS }, (_, k) => (k >= 192 ? 1e6 : 1));
    const [{ channels }] = quantizeTogether(
      [task],
      { structure: 'channels', percent: 25 },
      { energy, hessian: null },
    );
    expect([...(channels?.index ?? [])]).toEqual(Array.from({ length: 64 }, (_, i) => 192 + i));
  });

  it('are added back where they came from', () => {
    const dense = new Float32Array(8);
    const coded = {
      kind: 'int8',
      codes: Int8Array.of(1, 2, 3, 4),
      scales: Float32Array.of(1, 10),
      groupSize: 2,
    } as const;
    addChannels(dense, 4, { index: Int32Array.of(1, 3), coded });
    expect([...dense]).toEqual([0, 1, 0, 2, 0, 30, 0, 40]);
  });
});

describe('unstructured outliers', () => {
  it('are the largest errors of each 32 columns', () => {
    const errors = new Float32Array(64);
    errors[7] = errors[31] = 1;
    errors[33] = 3;
    errors[40] = 2;
    errors[41] = 1;
    const chosen = [...chooseSparse(errors, 2)].flatMap((flag, at) => (flag ? [at] : []));
    expect(chosen).toEqual([7, 31, 33, 40]);
  });

  it('pack position and signed value in halves, two to a word', () => {
    const values = new Float32Array(32);
    values[3] = -1023;
    values[31] = 512;
    const excluded = Uint8Array.from({ length: 32 }, (_, k) => Number(k === 3 || k === 31));
    const { words, scales } = encodeSparse(
      { rows: 1, columns: 32, values, excluded },
      new Float32Array(32),
      2,
    );
    expect(scales[0]).toBe(1);
    expect(words[0] & 0xffff).toBe(3 | ((-1023 & 0x7ff) << 5));
    expect(words[0] >>> 16).toBe(31 | (512 << 5));
    const dense = new Float32Array(32);
    addSparse(dense, 32, { words, scales }, 2);
    expect(dense).toEqual(values);
  });

  it.each([TERNARY, BINARY])('make the error smaller: %j', (method) => {
    const task = { matrix: matrix(5), method };
    const all = () => true;
    const errors = ([null, '2:32', '4:32'] as const).map((structure) => {
      const outliers =
        structure === null ? null : ({ structure, slots: structure === '2:32' ? 2 : 4 } as const);
      const [{ values }] = quantizeTogether([task], outliers, null);
      return relativeError(task.matrix.values, values, all);
    });
    expect(errors[1]).toBeLessThan(errors[0]);
    expect(errors[2]).toBeLessThan(errors[1]);
  });
});
