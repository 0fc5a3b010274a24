import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSharedFile, missingFile, sourceOfFile } from '../../test/support/shared-data.ts';
import { MemorySink } from '../util/byte-sink.ts';
import { type ByteSource, MemorySource } from '../util/byte-source.ts';
import { readGguf } from './reader.ts';
import type { GgufNumberType, GgufValue } from './values.ts';
import { GgufWriter } from './writer.ts';

async function write(
  metadata: ReadonlyMap<string, GgufValue>,
  tensors = [{ name: 't', dims: [4, 3], type: 0 }],
) {
  const sink = new MemorySink();
  const writer = new GgufWriter(sink, { metadata, tensors });
  await writer.writeHeader();
  for (const { name, dims } of tensors) {
    const bytes = dims.reduce((product, length) => product * length, 4);
    await writer.writeTensor(name, [new Uint8Array(bytes).fill(7)]);
  }
  writer.finish();
  return sink.bytes();
}

const integerRanges: [GgufNumberType, number, number][] = [
  ['u8', 0, 255],
  ['i8', -128, 127],
  ['u16', 0, 65535],
  ['i16', -32768, 32767],
  ['u32', 0, 4294967295],
  ['i32', -2147483648, 2147483647],
  ['u64', 0, Number.MAX_SAFE_INTEGER],
  ['i64', -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
];
const numberOf = ([type, min, max]: [GgufNumberType, number, number]): fc.Arbitrary<GgufValue> =>
  fc.integer({ min, max }).map((value) => ({ type, value }));
const anyString = fc.string({ unit: 'binary', maxLength: 40 });
const anyValue: fc.Arbitrary<GgufValue> = fc.oneof(
  ...integerRanges.map(numberOf),
  fc.float({ noNaN: true }).map((value): GgufValue => ({ type: 'f32', value })),
  fc.double({ noNaN: true }).map((value): GgufValue => ({ type: 'f64', value })),
  fc.boolean().map((value): GgufValue => ({ type: 'bool', value })),
  anyString.map((value): GgufValue => ({ type: 'string', value })),
  fc.array(anyString).map((value): GgufValue => ({ type: 'array', elementType: 'string', value })),
  fc.array(fc.boolean()).map((value): GgufValue => ({ type: 'array', elementType: 'bool', value })),
  fc.array(fc.integer()).map((value): GgufValue => ({ type: 'array', elementType: 'i32', value })),
  fc.array(fc.maxSafeInteger()).map((value): GgufValue => ({ type: 'array', elementType: 'i64', value })),
);

/** Typed arrays as plain ones, for comparison. */
function plain(value: GgufValue): unknown {
  return value.type === 'array' ? { ...value, value: Array.from<unknown>(value.value) } : value;
}

describe('GgufWriter and readGguf', () => {
  it('give back any metadata', async () => {
    const entries = fc.dictionary(
      anyString.filter((key) => key !== '' && key !== 'general.alignment'),
      anyValue,
    );
    await fc.assert(
      fc.asyncProperty(entries, async (record) => {
        const metadata = new Map(Object.entries(record));
        const file = await readGguf(new MemorySource('m', await write(metadata)));
        expect([...file.metadata].map(([key, value]) => [key, plain(value)])).toEqual(
          [...metadata].map(([key, value]) => [key, plain(value)]),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('place tensors at multiples of the alignment', async () => {
    const metadata = new Map<string, GgufValue>([['general.alignment', { type: 'u32', value: 64 }]]);
    const tensors = [
      { name: 'a', dims: [3], type: 0 },
      { name: 'b', dims: [5, 7], type: 0 },
    ];
    const bytes = await write(metadata, tensors);
    const file = await readGguf(new MemorySource('m', bytes));
    expect(file.alignment).toBe(64);
    expect(file.tensors.map(({ offsetBytes }) => (offsetBytes - file.dataStartBytes) % 64)).toEqual([0, 0]);
    expect(file.tensors.map(({ sizeBytes }) => sizeBytes)).toEqual([12, 140]);
    const { offsetBytes, sizeBytes } = file.tensors[1];
    expect(new Set(bytes.subarray(offsetBytes, offsetBytes + sizeBytes))).toEqual(new Set([7]));
  });
});

describe('GgufWriter', () => {
  it('refuses tensors out of order, of a wrong size, or missing at the end', async () => {
    const plan = { metadata: new Map(), tensors: [{ name: 'a', dims: [2], type: 0 }] };
    const writer = new GgufWriter(new MemorySink(), plan);
    await writer.writeHeader();
    await expect(writer.writeTensor('b', [])).rejects.toMatchObject({ code: 'bad-argument' });
    expect(() => writer.finish()).toThrow(/ends without tensor a/);
    await expect(writer.writeTensor('a', [new Uint8Array(7)])).rejects.toThrow(/7 bytes; expected 8/);
  });
});

describe('readGguf', () => {
  it('fetches a large header by doubling, each byte once', async () => {
    const tokens = Array.from({ length: 300_000 }, (_, index) => `token${index}`);
    const bytes = await write(new Map([['tokens', { type: 'array', elementType: 'string', value: tokens }]]));
    const inner = new MemorySource('m', bytes);
    const reads: [number, number][] = [];
    const source: ByteSource = {
      name: 'm',
      sizeBytes: bytes.length,
      read: (offset, length) => {
        reads.push([offset, length]);
        return inner.read(offset, length);
      },
    };
    const file = await readGguf(source);
    expect(file.fields.strings('tokens')).toEqual(tokens);
    let next = 0;
    for (const [offset, length] of reads) {
      expect(offset).toBe(next);
      next = offset + length;
    }
    expect(reads.length).toBeLessThanOrEqual(5);
  });

  it('reads values beyond ASCII', async () => {
    const texts = ['Ġthe', 'é', '日本', '👍🏽', '\ufeffa', 'ÿ', `${'Ġ'.repeat(30)}x`];
    const bytes = await write(new Map([['tokens', { type: 'array', elementType: 'string', value: texts }]]));
    const file = await readGguf(new MemorySource('m', bytes));
    expect(file.fields.strings('tokens')).toEqual(texts);
  });

  const path = findSharedFile('fixtures/gguf/tiny-bitnet-b1.58-i2s.gguf');
  const reason = path === null ? ` (${missingFile('fixtures/gguf')})` : '';
  it.skipIf(path === null)(`reads the tiny BitNet fixture${reason}`, async () => {
    const file = await readGguf(sourceOfFile(path ?? ''));
    expect(file.fields.string('general.architecture')).toBe('bitnet-b1.58');
    expect(file.fields.integer('bitnet-b1.58.block_count')).toBe(2);
    expect(file.tensors).toHaveLength(24);
    expect(file.tensors[4]).toMatchObject({
      name: 'blk.0.attn_q.weight',
      dims: [256, 256],
      type: 36,
      sizeBytes: 16416,
    });
  });
});

describe('fields', () => {
  const file = write(
    new Map<string, GgufValue>([
      ['text', { type: 'string', value: 'x' }],
      ['small', { type: 'u8', value: 5 }],
      ['wide', { type: 'i64', value: -5 }],
      ['real', { type: 'f32', value: 0.5 }],
      ['flag', { type: 'bool', value: false }],
      ['same', { type: 'array', elementType: 'u32', value: [4, 4] }],
      ['mixed', { type: 'array', elementType: 'u32', value: [4, 2] }],
      ['nan', { type: 'f32', value: Number.NaN }],
    ]),
  ).then((bytes) => readGguf(new MemorySource('m.gguf', bytes)));

  it('read any integer width as a number, and integers as floats', async () => {
    const { fields } = await file;
    expect([
      fields.integer('small'),
      fields.integer('wide'),
      fields.float('small'),
      fields.float('real'),
    ]).toEqual([5, -5, 5, 0.5]);
    expect(fields.boolean('flag')).toBe(false);
    expect([fields.uniformInteger('same'), fields.uniformInteger('small')]).toEqual([4, 5]);
  });

  it('answer null for what is optional and missing', async () => {
    const { fields } = await file;
    expect(fields.optionalString('none')).toBeNull();
    expect(fields.optionalInteger('none')).toBeNull();
    expect(fields.optionalFloat('none')).toBeNull();
    expect(fields.optionalBoolean('none')).toBeNull();
    expect(fields.optionalStrings('none')).toBeNull();
  });

  it('name a missing key, a wrong kind and a value out of range', async () => {
    const { fields } = await file;
    expect(() => fields.string('none')).toThrow(/m\.gguf has no metadata key none/);
    expect(() => fields.integer('text')).toThrow(
      /Metadata key text of m\.gguf is a value of type string; expected an integer/,
    );
    expect(() => fields.integer('real')).toThrow(/type f32/);
    expect(() => fields.strings('same')).toThrow(/array of u32/);
    expect(() => fields.integer('wide', { min: 0 })).toThrow(/is -5; expected 0 to/);
    expect(() => fields.float('nan')).toThrow(/NaN/);
    expect(() => fields.uniformInteger('mixed')).toThrow(
      expect.objectContaining({ code: 'unsupported-model' }),
    );
  });
});
