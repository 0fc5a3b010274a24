import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SafetensorsTensor } from '../safetensors/reader.ts';
import { MemorySource } from '../util/byte-source.ts';
import { f32ToBf16, f32ToF16 } from '../util/float16.ts';
import { findMlxTensors, type MlxTensors, openMlxAffine } from './mlx-affine.ts';

const bytesOf = (array: Uint32Array | Uint16Array): Uint8Array => new Uint8Array(array.buffer);

function tensor(name: string, dtype: string, shape: readonly number[], bytes: Uint8Array): SafetensorsTensor {
  const source = new MemorySource('m.safetensors', bytes);
  return { name, dtype, shape, source, offsetBytes: 0, sizeBytes: bytes.length };
}

interface MatrixParts {
  readonly words: Uint32Array;
  readonly rows: number;
  readonly scales: readonly number[];
  readonly biases: readonly number[];
  readonly dtype?: 'BF16' | 'F16';
}

function matrix({ words, rows, scales, biases, dtype = 'BF16' }: MatrixParts): MlxTensors {
  const encode = dtype === 'BF16' ? f32ToBf16 : f32ToF16;
  const floats = (name: string, values: readonly number[]) =>
    tensor(name, dtype, [rows, values.length / rows], bytesOf(Uint16Array.from(values, encode)));
  return {
    weight: tensor('x.weight', 'U32', [rows, words.length / rows], bytesOf(words)),
    scales: floats('x.scales', scales),
    biases: floats('x.biases', biases),
  };
}

/** The rule of the format, element by element. */
function affine(parts: MatrixParts, bits: number, groupSize: number): number[] {
  const perWord = 32 / bits;
  return Array.from({ length: parts.words.length * perWord }, (_, index) => {
    const q = (parts.words[Math.floor(index / perWord)] >>> (bits * (index % perWord))) & (2 ** bits - 1);
    const group = Math.floor(index / groupSize);
    return parts.scales[group] * q + parts.biases[group];
  });
}

const golden = (e: number): number => ((7 * e + 3 * Math.floor(e / 5) + Math.floor(e / 11) + 1) % 3) - 1;
const GOLDEN = Int8Array.from({ length: 32 }, (_, e) => golden(e));

describe('openMlxAffine', () => {
  it('decodes the golden words', async () => {
    const two = { words: Uint32Array.of(0x92649249, 0x49249924), rows: 1, scales: [0.5], biases: [-0.5] };
    const ternary = openMlxAffine(matrix(two), { bits: 2, groupSize: 32 });
    expect(ternary).toMatchObject({ kind: 'ternary', rows: 1, columns: 32, groupSize: 32 });
    expect(await ternary.readCodes(0, 1)).toEqual({ codes: GOLDEN, scales: Float32Array.of(0.5) });

    const one = { words: Uint32Array.of(0xb6f6dedb), rows: 1, scales: [1], biases: [-0.5] };
    const binary = openMlxAffine(matrix(one), { bits: 1, groupSize: 32 });
    expect(binary).toMatchObject({ kind: 'binary', rows: 1, columns: 32 });
    expect(await binary.readCodes(0, 1)).toEqual({
      codes: GOLDEN.map((t) => (t >= 0 ? 1 : -1)),
      scales: Float32Array.of(0.5),
    });
  });

  it.each([1, 2] as const)(
    'gives the affine values of any words of %i bits, window by window',
    async (bits) => {
      const [rows, columns, groupSize] = [3, 256, 128];
      const count = (rows * columns * bits) / 32;
      const anyWords = fc.array(fc.nat({ max: 2 ** 32 - 1 }), { minLength: count, maxLength: count });
      const exponents = fc.array(fc.integer({ min: -9, max: 3 }), { minLength: 6, maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(anyWords, exponents, fc.boolean(), async (list, powers, isHalf) => {
          // Ternary words have no code 3: clear the low bit where both are set.
          const words = Uint32Array.from(list, (word) =>
            bits === 1 ? word : word & ~((word >>> 1) & 0x55555555),
          );
          const magnitudes = powers.map((power) => 1.25 * 2 ** power);
          const parts: MatrixParts = {
            words,
            rows,
            scales: magnitudes.map((s) => (bits === 1 ? 2 * s : s)),
            biases: magnitudes.map((s) => -s),
            dtype: isHalf ? 'F16' : 'BF16',
          };
          const reader = openMlxAffine(matrix(parts), { bits, groupSize });
          const expected = affine(parts, bits, groupSize);
          expect([...(await reader.readFloats(0, rows))].map((x) => x + 0)).toEqual(expected);
          const window = await reader.readFloats(1, 2);
          expect([...window].map((x) => x + 0)).toEqual(expected.slice(columns));
        }),
        { numRuns: 40 },
      );
    },
  );

  it.each<[string, 1 | 2, MatrixParts, RegExp]>([
    [
      'a bias that is not minus the scale',
      2,
      { words: new Uint32Array(2), rows: 1, scales: [0.5], biases: [-0.25] },
      /scale 0.5 and bias -0.25/,
    ],
    [
      'one bit with a bias that is not minus half the scale',
      1,
      { words: new Uint32Array(1), rows: 1, scales: [0.5], biases: [-0.5] },
      /not minus half/,
    ],
    [
      'the code 3',
      2,
      { words: Uint32Array.of(0, 0xc0000000), rows: 1, scales: [0.5], biases: [-0.5] },
      /the code 3/,
    ],
  ])('refuses %s', async (_what, bits, parts, message) => {
    const reader = openMlxAffine(matrix(parts), { bits, groupSize: 32 });
    await expect(reader.readCodes(0, 1)).rejects.toMatchObject({
      code: 'unsupported-model',
      message: expect.stringMatching(message),
    });
  });

  it('refuses shapes and dtypes that do not belong together', () => {
    const parts = { words: new Uint32Array(16), rows: 1, scales: [1, 1], biases: [-1, -1] };
    const sound = matrix(parts);
    expect(() => openMlxAffine(sound, { bits: 2, groupSize: 128 })).not.toThrow();
    const wrong: [MlxTensors, number][] = [
      [sound, 64],
      [{ ...sound, weight: { ...sound.weight, dtype: 'I32' } }, 128],
      [{ ...sound, scales: { ...sound.scales, shape: [2, 1] } }, 128],
      [{ ...sound, biases: { ...sound.biases, dtype: 'U16' } }, 128],
      [matrix({ ...parts, words: new Uint32Array(15) }), 128],
    ];
    for (const [tensors, groupSize] of wrong) {
      expect(() => openMlxAffine(tensors, { bits: 2, groupSize })).toThrow(
        expect.objectContaining({ code: 'bad-file' }),
      );
    }
  });
});

describe('findMlxTensors', () => {
  it('finds the three tensors of a module, or none', () => {
    const tensors = matrix({ words: new Uint32Array(2), rows: 1, scales: [1], biases: [-1] });
    const checkpoint = new Map(Object.values(tensors).map((entry) => [entry.name, entry]));
    expect(findMlxTensors(checkpoint, 'x')).toEqual(tensors);
    checkpoint.delete('x.biases');
    expect(findMlxTensors(checkpoint, 'x')).toBeNull();
  });
});
