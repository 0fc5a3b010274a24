import { describe, expect, it } from 'vitest';
import { buildGguf } from '../../test/support/gguf-bytes.ts';
import { MemorySource } from '../util/byte-source.ts';
import { measureModelSize } from './model-size.ts';
import { readGguf } from './reader.ts';
import type { GgufValue } from './values.ts';

const F32 = 0;
const I8 = 24;
const Q1_0 = 41;

interface Tensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: number;
  readonly bytes: number;
}

async function measure(tensors: readonly Tensor[], metadata: [string, GgufValue][] = []) {
  let offset = 0;
  const placed = tensors.map(({ bytes, ...tensor }) => {
    const at = offset;
    offset += Math.ceil(bytes / 32) * 32;
    return { ...tensor, offset: at };
  });
  const bytes = buildGguf({ metadata, tensors: placed, dataBytes: offset });
  return measureModelSize(await readGguf(new MemorySource('model.gguf', bytes)));
}

const TABLE = { name: 'token_embd.weight', dims: [128, 10], type: F32, bytes: 5120 };
const GAIN = { name: 'blk.0.attn_norm.weight', dims: [128], type: F32, bytes: 512 };

const strings = (value: string[]): GgufValue => ({ type: 'array', elementType: 'string', value });
const integers = (value: number[]): GgufValue => ({
  type: 'array',
  elementType: 'u32',
  value: Uint32Array.from(value),
});

describe('measureModelSize', () => {
  it('separates matrices, tables and the rest', async () => {
    const binary = { name: 'blk.0.ffn_up.weight', dims: [128, 8], type: Q1_0, bytes: 8 * 18 };
    const size = await measure([TABLE, GAIN, binary]);
    expect(size.matrices).toEqual({ parameters: 1024, bytes: 144, bitsPerWeight: 1.125 });
    expect(size.tables).toEqual({ parameters: 1280, bytes: 5120, bitsPerWeight: 32 });
    expect(size.rest).toEqual({ parameters: 128, bytes: 512, bitsPerWeight: 32 });
    expect(size.parameters).toBe(2432);
    expect(size.bitsPerWeight).toBeCloseTo((5776 * 8) / 2432, 12);
  });

  it('counts int4 codes by the columns that they stand for, and scales and outliers as bits of them', async () => {
    const codes = { name: 'blk.0.ffn_down.weight', dims: [64, 8], type: I8, bytes: 512 };
    const scales = { name: 'blk.0.ffn_down.code_scale', dims: [1, 8], type: F32, bytes: 32 };
    const outliers = { name: 'blk.0.ffn_down.outlier.weight', dims: [64, 8], type: I8, bytes: 512 };
    const { matrices } = await measure(
      [codes, scales, outliers],
      [
        ['sterna.codes.names', strings(['blk.0.ffn_down.weight'])],
        ['sterna.codes.columns', integers([128])],
      ],
    );
    expect(matrices).toEqual({ parameters: 1024, bytes: 1056, bitsPerWeight: 8.25 });
  });

  it('refuses lists that do not go together', async () => {
    await expect(measure([GAIN], [['sterna.codes.names', strings(['a'])]])).rejects.toMatchObject({
      code: 'bad-file',
    });
  });
});
