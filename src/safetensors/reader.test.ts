import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildRawSafetensors, buildSafetensors, memoryFolder } from '../../test/support/safetensors-bytes.ts';
import { EngineError } from '../errors.ts';
import { MemorySource } from '../util/byte-source.ts';
import { readCheckpoint } from './checkpoint.ts';
import { readSafetensors } from './reader.ts';

const read = (bytes: Uint8Array) => readSafetensors(new MemorySource('m.safetensors', bytes));
const entry = (begin: number, end: number, dtype = 'U8', shape: unknown = [end - begin]) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});
const file = (header: unknown, dataBytes: number): Uint8Array =>
  buildRawSafetensors(JSON.stringify(header), new Uint8Array(dataBytes));

describe('readSafetensors', () => {
  it('gives dtype, shape and place of each tensor, whatever their order in the header', async () => {
    const bytes = file(
      { b: entry(4, 12, 'F32', [1, 2]), __metadata__: { a: 'b' }, a: entry(0, 4, 'BF16', [2]) },
      12,
    );
    const tensors = await read(bytes);
    const dataStart = bytes.length - 12;
    expect([...tensors.keys()]).toEqual(['a', 'b']);
    expect(tensors.get('b')).toMatchObject({
      dtype: 'F32',
      shape: [1, 2],
      offsetBytes: dataStart + 4,
      sizeBytes: 8,
    });
  });

  it('accepts padding spaces, scalars and tensors without elements', async () => {
    const header = `${JSON.stringify({ empty: entry(0, 0, 'F32', [0, 3]), one: entry(0, 4, 'F32', []) })}     `;
    expect((await read(buildRawSafetensors(header, new Uint8Array(4)))).size).toBe(2);
  });

  const sound = { a: entry(0, 4), b: entry(4, 8) };
  const cases: [string, Uint8Array, RegExp][] = [
    ['a file of 7 bytes', new Uint8Array(7), /cut off/],
    [
      'a header longer than the file',
      buildRawSafetensors('{}', new Uint8Array(0)).subarray(0, 9),
      /header length/,
    ],
    [
      'a header that is not UTF-8',
      buildRawSafetensors(new Uint8Array([0x7b, 0xff, 0x7d]), new Uint8Array(0)),
      /UTF-8/,
    ],
    ['a header that is not JSON', buildRawSafetensors('{a}', new Uint8Array(0)), /not JSON/],
    ['a header that is an array', buildRawSafetensors('[]', new Uint8Array(0)), /no JSON object/],
    ['a hole', file({ a: entry(0, 4), b: entry(5, 9) }, 9), /right after/],
    ['a first tensor after byte 0', file({ a: entry(1, 4) }, 4), /right after/],
    ['an overlap', file({ a: entry(0, 4), b: entry(3, 8) }, 8), /right after/],
    ['bytes after the last tensor', file(sound, 9), /end of the last tensor/],
    ['a last tensor cut short', file(sound, 7), /end of the last tensor/],
    [
      'a duplicate name',
      buildRawSafetensors(
        '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}',
        new Uint8Array(8),
      ),
      /right after/,
    ],
    [
      'a size that is not that of the shape',
      file({ a: entry(0, 8, 'F32', [3]) }, 8),
      /8 bytes long; expected 12/,
    ],
    ['an unknown dtype', file({ a: entry(0, 4, 'X4') }, 4), /dtype X4/],
    ['offsets in the wrong order', file({ a: entry(4, 0, 'U8', [4]) }, 4), /in order/],
    ['a negative length', file({ a: entry(0, 4, 'U8', [-4]) }, 4), /shape \[-4\]/],
    ['an entry that is no record', file({ a: 1 }, 0), /no record/],
  ];
  it.each(cases)('refuses %s', async (_what, bytes, message) => {
    await expect(read(file(sound, 8))).resolves.toBeDefined();
    await expect(read(bytes)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(message),
    });
  });

  it('ends in a result or an EngineError on mutated headers', async () => {
    const original = file({ a: entry(0, 4, 'F32', [1]), b: entry(4, 8, 'U8', [2, 2]) }, 8);
    const edit = fc.tuple(fc.nat(original.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        const bytes = original.slice();
        for (const [at, value] of edits) bytes[at] = value;
        const outcome = await read(bytes).catch((error: unknown) => error);
        if (!(outcome instanceof Map)) expect(outcome).toBeInstanceOf(EngineError);
      }),
      { numRuns: 500 },
    );
  });
});

describe('readCheckpoint', () => {
  const part = (name: string) => ({ name, dtype: 'U8', shape: [2], bytes: new Uint8Array([1, 2]) });
  const index = (weight_map: unknown): string => JSON.stringify({ metadata: {}, weight_map });
  const shards = {
    'model-00001-of-00002.safetensors': buildSafetensors([part('a')]),
    'model-00002-of-00002.safetensors': buildSafetensors([part('b')]),
  };
  const map = { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' };

  it('reads a single file, or shards through their index', async () => {
    const single = memoryFolder({ 'model.safetensors': buildSafetensors([part('a'), part('b')]) });
    const sharded = memoryFolder({ ...shards, 'model.safetensors.index.json': index(map) });
    for (const folder of [single, sharded])
      expect([...(await readCheckpoint(folder)).keys()]).toEqual(['a', 'b']);
  });

  it.each([
    ['an empty folder', {}, /neither/],
    ['a missing shard', { 'model.safetensors.index.json': index(map) }, /no model-00001/],
    [
      'a tensor that no shard has',
      { ...shards, 'model.safetensors.index.json': index({ ...map, c: map.a }) },
      /no tensor c/,
    ],
    [
      'a tensor that the index lacks',
      { ...shards, 'model.safetensors.index.json': index({ a: map.a, c: map.b }) },
      /tensor b/,
    ],
    [
      'a shard outside the folder',
      { 'model.safetensors.index.json': index({ a: '../x.safetensors' }) },
      /plain file names/,
    ],
    ['an index without weight_map', { 'model.safetensors.index.json': '{}' }, /weight_map/],
  ])('refuses %s', async (_what, files, message) => {
    await expect(readCheckpoint(memoryFolder(files))).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(message),
    });
  });
});
