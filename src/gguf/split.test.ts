import { describe, expect, it } from 'vitest';
import { buildGguf, type RawGguf } from '../../test/support/gguf-bytes.ts';
import { type ByteSource, MemorySource } from '../util/byte-source.ts';
import { readSplitGguf } from './split.ts';
import type { GgufValue } from './values.ts';

const u16 = (value: number): GgufValue => ({ type: 'u16', value });

interface ShardOptions {
  readonly no?: number;
  readonly count?: number;
  readonly total?: number;
  readonly names?: readonly string[];
  readonly type?: number;
  readonly dims?: readonly number[];
  readonly bytesEach?: number;
  readonly architecture?: string;
}

const shard = (options: ShardOptions): RawGguf => {
  const { no = 0, count = 3, total = 4, names = [], type = 0, dims = [256], bytesEach = 1024 } = options;
  const metadata: [string, GgufValue][] = [
    ['split.no', u16(no)],
    ['split.count', u16(count)],
    ['split.tensors.count', { type: 'i32', value: total }],
  ];
  const architecture = options.architecture ?? (no === 0 ? 'test' : undefined);
  if (architecture !== undefined) {
    metadata.push(['general.architecture', { type: 'string', value: architecture }]);
  }
  const tensors = names.map((name, index) => ({ name, dims, type, offset: index * bytesEach }));
  return { metadata, tensors, dataBytes: names.length * bytesEach };
};

const Q2_0_ROWS = { type: 42, dims: [256, 8] };

/** Three shards with two, one and one tensors, each changed by the test. */
const model = (...changes: ShardOptions[]): RawGguf[] => [
  shard({ no: 0, names: ['a', 'b'], ...changes[0] }),
  shard({ no: 1, names: ['c'], ...changes[1] }),
  shard({ no: 2, names: ['d'], ...changes[2] }),
];

const NAMES = [1, 2, 3].map((number) => `dir/model-0000${number}-of-00003.gguf`);

async function read(shards: readonly RawGguf[], firstName = NAMES[0], asked: string[] = []) {
  const sources = shards.map((raw, index) => new MemorySource(NAMES[index], buildGguf(raw)));
  const first = new MemorySource(firstName, buildGguf(shards[0]));
  const openShard = async (name: string): Promise<ByteSource> => {
    asked.push(name);
    const source = sources.find((candidate) => name.startsWith(candidate.name));
    if (source === undefined) throw new Error(`no file ${name}`);
    return source;
  };
  return readSplitGguf(first, openShard);
}

describe('readSplitGguf', () => {
  it('joins the tensors of all files, each with its source and its own offsets', async () => {
    const file = await read(model());
    expect(file.tensors.map(({ name, source }) => [name, source?.name])).toEqual([
      ['a', NAMES[0]],
      ['b', NAMES[0]],
      ['c', NAMES[1]],
      ['d', NAMES[2]],
    ]);
    const [, , third] = file.tensors;
    // The second shard has less metadata than the first, so its data starts earlier.
    expect(third.offsetBytes).toBeLessThan(file.dataStartBytes);
    expect(file.fields.string('general.architecture')).toBe('test');
  });

  it('asks for the other files by the name of the first, be it a URL with a query', async () => {
    const asked: string[] = [];
    await read(model(), `${NAMES[0]}?download=true`, asked);
    expect(asked).toEqual(NAMES.slice(1).map((name) => `${name}?download=true`));
  });

  it('returns a file that is not split as it is, whatever its name', async () => {
    const bytes = buildGguf({ tensors: [{ name: 'a', dims: [4], type: 0, offset: 0 }], dataBytes: 16 });
    const file = await readSplitGguf(new MemorySource('x-00002-of-00009.gguf', bytes), undefined);
    expect(file.tensors).toHaveLength(1);
    expect(file.tensors[0].source).toBeUndefined();
    await expect(read([shard({ count: 1, total: 1, names: ['a'] })], 'x.gguf')).resolves.toBeDefined();
  });

  it.each<[string, RawGguf[], RegExp]>([
    ['a shard with another number', model({}, { no: 2 }), /split.no is 2; expected 1/],
    ['a shard of another count', model({}, { count: 4 }), /split.count is 4; expected 3/],
    ['a shard of another total', model({}, {}, { total: 5 }), /split.tensors.count is 5; expected 4/],
    [
      'a total that is wrong',
      model({ total: 5 }, { total: 5 }, { total: 5 }),
      /is 5; expected 4, the number/,
    ],
    ['a tensor in two files', model({}, {}, { names: ['a'] }), /tensor a is in an earlier file too/],
    ['a shard of another architecture', model({}, { architecture: 'other' }), /is other; expected test/],
    ['a shard without split keys', [...model().slice(0, 1), { tensors: [] }, model()[2]], /no metadata key/],
    ['too many files', model({ count: 1025 }), /split.count.*1025/],
    [
      'Q2_0 block sizes that disagree',
      [
        shard({ no: 0, count: 2, total: 2, names: ['a'], ...Q2_0_ROWS, bytesEach: 576 }),
        shard({ no: 1, count: 2, total: 2, names: ['b'], ...Q2_0_ROWS, bytesEach: 544 }),
      ],
      /block size of tensor b is 128; expected 64/,
    ],
  ])('refuses %s', async (_what, shards, message) => {
    const count = shards.length;
    const name = NAMES[0].replace('00003', `0000${count}`);
    const sources = shards.map(
      (raw, index) => new MemorySource(name.replace('-00001-', `-0000${index + 1}-`), buildGguf(raw)),
    );
    const openShard = async (wanted: string) => {
      const found = sources.find((source) => source.name === wanted);
      if (found === undefined) throw new Error(`no file ${wanted}`);
      return found;
    };
    await expect(readSplitGguf(sources[0], openShard)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(message),
    });
  });

  it.each(['model.gguf', 'model-00002-of-00003.gguf', 'model-00001-of-00004.gguf', 'model-1-of-3.gguf'])(
    'refuses the name %s for the first of three files',
    async (name) => {
      await expect(read(model(), name)).rejects.toThrow(
        /name is another; expected one that ends in -00001-of-00003/,
      );
    },
  );

  it('refuses a file that is not the first, or whose others cannot be opened', async () => {
    const second = new MemorySource(NAMES[1], buildGguf(model()[1]));
    await expect(readSplitGguf(second, undefined)).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringContaining('is file 2 of a split model'),
    });
    const first = new MemorySource(NAMES[0], buildGguf(model()[0]));
    await expect(readSplitGguf(first, undefined)).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringContaining('file 1 of 3'),
    });
  });
});
