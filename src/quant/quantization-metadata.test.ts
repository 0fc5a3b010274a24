import { describe, expect, it } from 'vitest';
import { GgufFields } from '../gguf/fields.ts';
import type { GgufValue } from '../gguf/values.ts';
import {
  type QuantizationMetadata,
  quantizationEntries,
  readQuantizationMetadata,
  SIDE_TENSOR,
  sideTensorNames,
} from './quantization-metadata.ts';

const METADATA: QuantizationMetadata = {
  recipe: 'int4-hadamard',
  bitsPerWeight: 4.25,
  activations: 'int8-token',
  codes: new Map([
    ['blk.0.ffn_down.weight', { kind: 'int4', groupSize: 64, columns: 768 }],
    ['blk.0.attn_q.weight', { kind: 'int8', groupSize: 0, columns: 256 }],
  ]),
  rotation: {
    blockSizes: new Map([['blk.0.ffn_down.weight', 256]]),
    signs: new Map([[4, Int8Array.of(1, -1, -1, 1)]]),
  },
  residual: 'block 256',
};

function read(changes: Readonly<Record<string, GgufValue | null>> = {}) {
  const metadata = new Map<string, GgufValue>(quantizationEntries(METADATA));
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) metadata.delete(key);
    else metadata.set(key, value);
  }
  return readQuantizationMetadata({ name: 'm.gguf', fields: new GgufFields('m.gguf', metadata) });
}

const u32 = (...value: number[]): GgufValue => ({ type: 'array', elementType: 'u32', value });

describe('quantization metadata', () => {
  it('reads what it writes', () => {
    expect(read()).toEqual(METADATA);
  });

  it('is null for a file without the keys', () => {
    const fields = new GgufFields('m.gguf', new Map());
    expect(readQuantizationMetadata({ name: 'm.gguf', fields })).toBeNull();
  });

  it('takes identity signs as none', () => {
    expect(
      read({ 'sterna.hadamard.sign_mode': { type: 'string', value: 'identity' } })?.rotation?.signs,
    ).toEqual(new Map());
  });

  it('reads the keys of PrismML with their one block size', () => {
    const metadata = new Map<string, GgufValue>([
      ['prism.hadamard.version', { type: 'u32', value: 1 }],
      ['prism.hadamard.block_size', { type: 'u32', value: 1024 }],
      ['prism.hadamard.transform', { type: 'string', value: 'normalized-sylvester-walsh-hadamard' }],
      ['prism.hadamard.axis', { type: 'string', value: 'input-last-dimension' }],
      ['prism.hadamard.sign_mode', { type: 'string', value: 'identity' }],
      [
        'prism.hadamard.weight_names',
        { type: 'array', elementType: 'string', value: ['a.weight', 'b.weight'] },
      ],
    ]);
    const found = readQuantizationMetadata({ name: 'm', fields: new GgufFields('m', metadata) });
    expect([...(found?.rotation?.blockSizes ?? [])]).toEqual([
      ['a.weight', 1024],
      ['b.weight', 1024],
    ]);
  });

  it.each<[string, Readonly<Record<string, GgufValue | null>>, RegExp]>([
    [
      'another version',
      { 'sterna.quantization.version': { type: 'u32', value: 2 } },
      /version of m.gguf is 2/,
    ],
    [
      'code tensors without a version',
      { 'sterna.quantization.version': null },
      /version of m.gguf is missing/,
    ],
    ['another rotation', { 'sterna.hadamard.transform': { type: 'string', value: 'dct' } }, /is dct/],
    ['another version of the rotation', { 'sterna.hadamard.version': { type: 'u32', value: 2 } }, /is 2/],
    ['a block that is no power of two', { 'sterna.hadamard.block_sizes': u32(96) }, /is 96/],
    ['a block that is too large', { 'sterna.hadamard.block_sizes': u32(2048) }, /is 2048/],
    ['a list that is too short', { 'sterna.hadamard.block_sizes': u32() }, /0 sizes for 1 names/],
    ['unknown activations', { 'sterna.activations': { type: 'string', value: 'int2' } }, /is int2/],
    ['unknown groups', { 'sterna.codes.group_sizes': u32(32, 0) }, /groups of 32/],
    ['columns that no group divides', { 'sterna.codes.columns': u32(100, 256) }, /100 for blk.0.ffn_down/],
    ['fewer columns than names', { 'sterna.codes.columns': u32(768) }, /2 names with lists of 2,2,1/],
    ['too few signs', { 'sterna.hadamard.sign_widths': u32(8) }, /4 signs for widths 8/],
  ])('refuses %s', (_, changes, message) => {
    expect(() => read(changes)).toThrow(message);
  });
});

describe('side tensors', () => {
  it('stand beside the matrix and are recognised', () => {
    const names = sideTensorNames('blk.3.ffn_down.weight');
    expect(names.outlierIndex).toBe('blk.3.ffn_down.outlier_index');
    expect(Object.values(names).every((name) => SIDE_TENSOR.test(name))).toBe(true);
    expect(SIDE_TENSOR.test('blk.3.ffn_down.weight')).toBe(false);
  });
});
