// Golden blocks of every format, and a second decoder, element by element from the specification, on random blocks.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemorySource } from '../util/byte-source.ts';
import { f16ToF32 } from '../util/float16.ts';
import type { CodedReader } from './format.ts';
import { openTensor } from './index.ts';
import { encodeQ1_0 } from './q1_0/codec.ts';
import { encodeQ2_0 } from './q2_0/codec.ts';
import { encodeQ4_0 } from './q4_0/codec.ts';
import { encodeTq1_0 } from './tq1_0/codec.ts';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
/** The ternary pattern of the golden vectors; the scale is 0.5. */
const golden = (e: number): number => ((7 * e + 3 * Math.floor(e / 5) + Math.floor(e / 11) + 1) % 3) - 1;
const ternary = (count: number): Int8Array => Int8Array.from({ length: count }, (_, e) => golden(e));
const halves = (codes: Int8Array): Float32Array => Float32Array.from(codes, (code) => code * 0.5);

function open(type: number, bytes: Uint8Array, columns: number, rows = 1): CodedReader {
  const location = {
    name: 'w',
    source: new MemorySource('m', bytes),
    offsetBytes: 0,
    sizeBytes: bytes.length,
  };
  const reader = openTensor(type, { ...location, rows, columns });
  if (reader.kind === 'float') throw new Error('expected a coded reader');
  return reader;
}

const GROUP_128 = '00384992649224992449264992499264922499244926499249926492249924492649';
// [name, type, kind, codes, block, encoder]
const GOLDEN: [string, number, string, Int8Array, string, ((values: Float32Array) => Uint8Array) | null][] = [
  [
    'TQ1_0',
    34,
    'ternary',
    ternary(256),
    '9ade4a6ecf456ccf456ccf9ade4a6ecf456ccf456ccf9ade4a6ecf456ccf456c7bf11b74f170d3515ed1517bf11b74f166de95b50038',
    encodeTq1_0,
  ],
  ['Q2_0 in groups of 128', 42, 'ternary', ternary(128), GROUP_128, (values) => encodeQ2_0(values, 128)],
  ['PQ2_0', 142, 'ternary', ternary(128), GROUP_128, (values) => encodeQ2_0(values, 128)],
  [
    'Q2_0 in groups of 64',
    42,
    'ternary',
    ternary(64),
    '003849926492249924492649924992649224',
    (values) => encodeQ2_0(values, 64),
  ],
  ['PTQ1_0', 143, 'ternary', ternary(128), '70d3515ed1517bf11b74f170d3515ed172f21c7cfb097ffeee6c0038', null],
  [
    'Q1_0',
    41,
    'binary',
    ternary(128).map((t) => (t >= 0 ? 1 : -1)),
    '0038dbdef6b6b7bded6d6f7bdbdbdef6b6b7',
    encodeQ1_0,
  ],
];

describe('golden blocks', () => {
  it.each(GOLDEN)('%s decodes and encodes bit for bit', async (_name, type, kind, codes, block, encode) => {
    const reader = open(type, hex(block), codes.length);
    expect(reader.kind).toBe(kind);
    const read = await reader.readCodes(0, 1);
    expect(read.codes).toEqual(codes);
    expect([...read.scales]).toEqual([0.5]);
    expect(await reader.readFloats(0, 1)).toEqual(halves(codes));
    if (encode !== null) expect(encode(halves(codes))).toEqual(hex(block));
  });

  it('Q4_0 decodes and encodes bit for bit', async () => {
    const block = hex('003440d973fc952ec851ea731da63fc862fb');
    const values = Float32Array.from({ length: 32 }, (_, e) => (((37 * e) % 64) - 32) / 16);
    expect(encodeQ4_0(values)).toEqual(block);
    const reader = open(2, block, 32);
    expect(reader.kind).toBe('int4');
    // d = 0.25 and a step of 1/16: the exact value, rounded half up and held at 7.
    expect([...(await reader.readCodes(0, 1)).codes]).toEqual(
      [...values].map((value) => Math.min(7, Math.floor(value * 4 + 0.5))),
    );
  });
});

const f32 = Math.fround;
const halfOf = (bytes: Uint8Array, at: number): number => f16ToF32(bytes[at] | (bytes[at + 1] << 8));

/** Value of element e of one block, by the tables of the specification. */
type Values = (block: Uint8Array, e: number) => number;

const digit = (byte: number, n: number): number => (((byte * 3 ** n) & 255) * 3) >> 8;

const VALUES: [string, number, number, number, Values][] = [
  [
    'Q4_0',
    2,
    32,
    18,
    (block, e) => f32(halfOf(block, 0) * (((block[2 + (e & 15)] >> (4 * (e >> 4))) & 15) - 8)),
  ],
  ['Q4_K', 12, 256, 144, q4kValue],
  ['Q6_K', 14, 256, 210, q6kValue],
  [
    'TQ1_0',
    34,
    256,
    54,
    (block, e) => {
      const [byte, n] =
        e < 160
          ? [e % 32, Math.floor(e / 32)]
          : e < 240
            ? [32 + ((e - 160) % 16), Math.floor((e - 160) / 16)]
            : [48 + ((e - 240) % 4), Math.floor((e - 240) / 4)];
      return f32(halfOf(block, 52) * (digit(block[byte], n) - 1));
    },
  ],
  [
    'PTQ1_0',
    143,
    128,
    28,
    (block, e) => {
      const [byte, n] =
        e < 80
          ? [e % 16, Math.floor(e / 16)]
          : e < 120
            ? [16 + ((e - 80) % 8), Math.floor((e - 80) / 8)]
            : [24 + ((e - 120) % 2), Math.floor((e - 120) / 2)];
      return f32(halfOf(block, 26) * (digit(block[byte], n) - 1));
    },
  ],
  [
    'Q1_0',
    41,
    128,
    18,
    (block, e) => ((block[2 + (e >> 3)] >> (e & 7)) & 1 ? halfOf(block, 0) : -halfOf(block, 0)),
  ],
];

function q4kValue(block: Uint8Array, e: number): number {
  const j = e >> 5;
  const s = (index: number): number => block[4 + index];
  const sc = j < 4 ? s(j) & 63 : (s(j + 4) & 15) | ((s(j - 4) >> 6) << 4);
  const mn = j < 4 ? s(j + 4) & 63 : (s(j + 4) >> 4) | ((s(j) >> 6) << 4);
  const q = (block[16 + 32 * (e >> 6) + (e & 31)] >> (4 * (j & 1))) & 15;
  return f32(f32(f32(halfOf(block, 0) * sc) * q) - f32(halfOf(block, 2) * mn));
}

function q6kValue(block: Uint8Array, e: number): number {
  const h = e >> 7;
  const k = (e & 127) >> 5;
  const l = e & 31;
  const low = (block[64 * h + 32 * (k & 1) + l] >> (4 * (k >> 1))) & 15;
  const high = (block[128 + 32 * h + l] >> (2 * k)) & 3;
  const scale = (block[192 + 8 * h + 2 * k + (l >> 4)] << 24) >> 24;
  return f32(f32(halfOf(block, 208) * scale) * ((low | (high << 4)) - 32));
}

describe('random blocks', () => {
  it.each(VALUES)('%s decodes as the specification says', async (_name, type, elements, bytes, value) => {
    const blocks = 3;
    const arbitrary = fc.uint8Array({ minLength: blocks * bytes, maxLength: blocks * bytes });
    await fc.assert(
      fc.asyncProperty(arbitrary, async (data) => {
        const reader = open(type, data, elements, blocks);
        const floats = await reader.readFloats(0, blocks);
        expect(floats).toHaveLength(blocks * elements);
        const wrong = floats.findIndex((float, at) => {
          const block = Math.floor(at / elements);
          const expected = value(data.subarray(block * bytes, (block + 1) * bytes), at % elements);
          // Signs of zero do not matter; NaN equals NaN.
          return !Object.is(float + 0, expected + 0);
        });
        expect(wrong).toBe(-1);
      }),
    );
  });

  it('Q4_K codes, scales and minima give its values up to one rounding', async () => {
    const halfBits = fc.integer({ min: 0x0400, max: 0x3c00 });
    const rest = fc.uint8Array({ minLength: 140, maxLength: 140 });
    await fc.assert(
      fc.asyncProperty(halfBits, halfBits, rest, async (d, dmin, tail) => {
        const block = Uint8Array.from([d & 255, d >> 8, dmin & 255, dmin >> 8, ...tail]);
        const reader = open(12, block, 256);
        const { codes, scales, minima } = await reader.readCodes(0, 1);
        const values = await reader.readFloats(0, 1);
        if (minima === undefined) throw new Error('expected minima');
        const wrong = values.findIndex((value, e) => {
          const rebuilt = scales[e >> 5] * codes[e] + minima[e >> 5];
          // minima is rounded once, by half a unit in its last place; so is the value.
          const bound = (Math.abs(minima[e >> 5]) + Math.abs(value)) * 2 ** -24;
          return codes[e] < -8 || codes[e] > 7 || Math.abs(rebuilt - value) > bound;
        });
        expect(wrong).toBe(-1);
      }),
    );
  });
});
