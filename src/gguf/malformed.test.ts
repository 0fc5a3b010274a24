import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildGguf, type RawGguf } from '../../test/support/gguf-bytes.ts';
import { EngineError } from '../errors.ts';
import { MemorySource } from '../util/byte-source.ts';
import { HeaderBytes } from './header-bytes.ts';
import { readGguf } from './reader.ts';
import type { GgufValue } from './values.ts';

const read = (bytes: Uint8Array) => readGguf(new MemorySource('test.gguf', bytes));
const u32 = (value: number): GgufValue => ({ type: 'u32', value });

// A sound file with every kind of field; the malformed ones differ from it in one place.
const F32_256 = { dims: [64, 4], type: 0 };
const SOUND: RawGguf = {
  metadata: [
    ['general.architecture', { type: 'string', value: 'test' }],
    ['test.count', u32(7)],
    ['test.flag', { type: 'bool', value: true }],
    ['test.names', { type: 'array', elementType: 'string', value: ['a', 'bb'] }],
    ['test.numbers', { type: 'array', elementType: 'i32', value: [1, -2] }],
  ],
  tensors: [
    { name: 'first', ...F32_256, offset: 0 },
    { name: 'second', dims: [256], type: 35, offset: 1024 },
    { name: 'third', dims: [2], type: 0, offset: 1120 },
  ],
  dataBytes: 1128,
};
const [first, second, third] = SOUND.tensors ?? [];
const withTensors = (...tensors: RawGguf['tensors'] & object): RawGguf => ({ ...SOUND, tensors });
const withEntry = (key: string, value: GgufValue): RawGguf => ({
  ...SOUND,
  metadata: [...(SOUND.metadata ?? []), [key, value]],
});
const sized = (name: string, dims: number[], type: number, dataBytes: number, offset = 0): RawGguf => ({
  tensors: [{ name, dims, type, offset }],
  dataBytes,
});

/** Replaces bytes at the place where `marker` occurs first. */
function patch(raw: RawGguf, marker: string, distance: number, replacement: readonly number[]): Uint8Array {
  const bytes = buildGguf(raw);
  const at = Buffer.from(bytes).indexOf(marker) + marker.length + distance;
  bytes.set(replacement, at);
  return bytes;
}

// [what, malformed, accepted control, part of the message]
const PAIRS: [string, RawGguf | Uint8Array, RawGguf | Uint8Array, RegExp][] = [
  ['a wrong magic', { ...SOUND, magic: 0x46554748 }, SOUND, /magic.*letters GGUF/],
  ['version 1', { ...SOUND, version: 1 }, { ...SOUND, version: 2 }, /version.*is 1/],
  ['version 4', { ...SOUND, version: 4 }, { ...SOUND, version: 3 }, /version.*is 4/],
  ['a big-endian file', { ...SOUND, version: 0x03000000 }, SOUND, /big-endian GGUF/],
  ['2^53 tensors', { ...SOUND, tensorCount: 2 ** 53 }, SOUND, /tensor count/],
  ['65537 tensors', { ...SOUND, tensorCount: 65537 }, SOUND, /tensor count.*65537/],
  ['65537 keys', { ...SOUND, keyCount: 65537 }, SOUND, /metadata count.*65537/],
  ['more keys than the file has', { ...SOUND, keyCount: 60000 }, SOUND, /not a valid GGUF/],
  [
    'a string longer than the file',
    patch(SOUND, 'architecture', 4, [255, 255, 0]),
    SOUND,
    /a string of 65535 bytes/,
  ],
  ['a string length above 2^53', patch(SOUND, 'architecture', 11, [1]), SOUND, /2\^53/],
  [
    'an array longer than the file',
    patch(SOUND, 'test.names', 8, [255, 255]),
    SOUND,
    /an array of 65535 string/,
  ],
  ['a nested array', patch(SOUND, 'test.numbers', 4, [9]), SOUND, /array of arrays/],
  ['an unknown value type', patch(SOUND, 'test.count', 0, [13]), SOUND, /unknown value type 13/],
  ['a bool of 2', patch(SOUND, 'test.flag', 4, [2]), SOUND, /the byte 2/],
  ['an empty key', withEntry('', u32(1)), withEntry('k', u32(1)), /empty/],
  ['a duplicate key', withEntry('test.count', u32(1)), withEntry('test.other', u32(1)), /occurs twice/],
  ['a key that is not UTF-8', patch(SOUND, 'test.cou', 0, [0xff, 0xfe]), SOUND, /not UTF-8/],
  [
    'alignment 0',
    withEntry('general.alignment', u32(0)),
    withEntry('general.alignment', u32(32)),
    /alignment.*is 0/,
  ],
  ['alignment 24', withEntry('general.alignment', u32(24)), withEntry('general.alignment', u32(32)), /is 24/],
  [
    'alignment 2^31',
    withEntry('general.alignment', u32(2 ** 31)),
    withEntry('general.alignment', u32(32)),
    /2147483648/,
  ],
  [
    'an alignment that is no u32',
    withEntry('general.alignment', { type: 'u64', value: 32 }),
    withEntry('general.alignment', u32(32)),
    /type u64/,
  ],
  [
    'a duplicate tensor',
    withTensors(first, { ...second, name: 'first' }, third),
    SOUND,
    /first occurs twice/,
  ],
  [
    'a name of 64 bytes',
    sized('n'.repeat(64), [8], 0, 32),
    sized('n'.repeat(63), [8], 0, 32),
    /64 bytes long/,
  ],
  ['no dimensions', sized('t', [], 0, 4), sized('t', [1], 0, 4), /0 dimensions/],
  ['five dimensions', sized('t', [1, 1, 1, 1, 1], 0, 4), sized('t', [1, 1, 1, 1], 0, 4), /5 dimensions/],
  ['a dimension of 0', sized('t', [8, 0], 0, 0), sized('t', [8, 1], 0, 32), /at least 1/],
  ['more than 2^40 elements', sized('t', [2 ** 30, 2 ** 11], 0, 0), sized('t', [8], 0, 32), /2\^40/],
  ['rows that are no block multiple', sized('t', [33], 8, 34), sized('t', [32], 8, 34), /multiple of 32/],
  ['I2_S rows of 64', sized('t', [64], 36, 48), sized('t', [128], 36, 64), /multiple of 128/],
  ['an unknown type id', sized('t', [8], 200, 32), sized('t', [8], 0, 32), /unknown type id 200/],
  ['a look-up-table type', sized('t', [256], 38, 96), sized('t', [256], 36, 96), /TL1 \(38\)/],
  ['a misaligned offset', withTensors(first, { ...second, offset: 1028 }, third), SOUND, /multiple of 32/],
  ['overlapping tensors', withTensors(first, { ...second, offset: 992 }, third), SOUND, /1024, right after/],
  ['a gap', withTensors(first, { ...second, offset: 1056 }, third), SOUND, /1024, right after/],
  [
    'a first tensor that does not start at 0',
    sized('t', [8], 0, 64, 32),
    sized('t', [8], 0, 64),
    /0, right after/,
  ],
  ['a last tensor cut short', { ...SOUND, dataBytes: 1127 }, { ...SOUND, dataBytes: 1128 }, /cut off/],
];

const toBytes = (file: RawGguf | Uint8Array): Uint8Array =>
  file instanceof Uint8Array ? file : buildGguf(file);

describe('readGguf refuses', () => {
  it.each(PAIRS)('%s', async (_what, malformed, control, message) => {
    await expect(read(toBytes(control))).resolves.toBeDefined();
    const error = await read(toBytes(malformed)).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(EngineError);
    expect((error as EngineError).message).toMatch(message);
    expect(['bad-file', 'unsupported-model']).toContain((error as EngineError).code);
  });

  it('a count of 2^63', async () => {
    const bytes = buildGguf(SOUND);
    new DataView(bytes.buffer).setBigUint64(8, 2n ** 63n, true);
    await expect(read(bytes)).rejects.toMatchObject({ code: 'bad-file', details: { field: 'tensor count' } });
  });

  it('a file cut off at any byte', async () => {
    const bytes = buildGguf(SOUND);
    for (let length = 0; length < bytes.length; length++) {
      await expect(read(bytes.subarray(0, length)), `cut at ${length}`).rejects.toMatchObject({
        code: 'bad-file',
      });
    }
    await expect(read(bytes)).resolves.toBeDefined();
  });
});

describe('readGguf on mutated headers', () => {
  it('ends in a result or an EngineError, and reads no more than the file', async () => {
    const original = buildGguf(SOUND);
    const edit = fc.tuple(
      fc.nat(original.length - 1),
      fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 127, 128, 255)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), fc.nat(40), async (edits, cut) => {
        const bytes = original.slice(0, original.length - cut);
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        try {
          const file = await read(bytes);
          for (const tensor of file.tensors) {
            expect(tensor.offsetBytes + tensor.sizeBytes).toBeLessThanOrEqual(bytes.length);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(EngineError);
          expect(['bad-file', 'unsupported-model']).toContain((error as EngineError).code);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('does not allocate for counts that the file cannot hold', async () => {
    const header = new HeaderBytes();
    header.u32(0x46554747);
    header.u32(3);
    header.u64(0);
    header.u64(1);
    header.string('k');
    header.u32(9);
    header.u32(12);
    header.u64(2 ** 24);
    header.padTo(4096);
    await expect(read(header.bytes())).rejects.toMatchObject({ code: 'bad-file' });
  });
});
