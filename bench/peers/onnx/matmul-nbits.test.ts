import { describe, expect, it } from 'vitest';
import { decodeQ4_0 } from '../../../src/quant/q4_0/codec.ts';
import { packQ4_0 } from '../gguf-model.ts';
import { packNBits } from './matmul-nbits.ts';
import { ProtoWriter } from './proto-writer.ts';

const CODES = Int8Array.from([-1, 0, 1, 1, 0, -1, -1, 0]);

describe('packNBits', () => {
  it('packs codes around the middle from the low bits on', () => {
    expect([...packNBits(CODES, 2)]).toEqual([0b11_11_10_01, 0b10_01_01_10]);
    expect([...packNBits(CODES, 4)]).toEqual([0x87, 0x99, 0x78, 0x87]);
  });
});

describe('packQ4_0', () => {
  it('is read back as the same codes and scale', () => {
    const codes = Int8Array.from({ length: 64 }, (_, index) => ((index * 7) % 3) - 1);
    const decoded = decodeQ4_0(packQ4_0(codes, 0.5));
    expect([...decoded.codes]).toEqual([...codes]);
    expect([...decoded.scales]).toEqual([0.5, 0.5]);
  });
});

describe('ProtoWriter', () => {
  it('writes the examples of the encoding guide, and negative integers in ten bytes', () => {
    expect([...new ProtoWriter().integer(1, 150).finish()]).toEqual([0x08, 0x96, 0x01]);
    expect([...new ProtoWriter().text(2, 'testing').finish()]).toEqual([0x12, 7, ...Buffer.from('testing')]);
    const nested = new ProtoWriter().message(3, new ProtoWriter().integer(1, 150));
    expect([...nested.finish()]).toEqual([0x1a, 3, 0x08, 0x96, 0x01]);
    expect([...new ProtoWriter().integer(1, -2).finish()]).toEqual([
      0x08,
      0xfe,
      ...Array(8).fill(0xff),
      0x01,
    ]);
  });
});
