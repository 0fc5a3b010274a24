import { describe, expect, it } from 'vitest';
import { buildGguf, type RawGguf, type RawTensor } from '../../test/support/gguf-bytes.ts';
import { MemorySink } from '../util/byte-sink.ts';
import { MemorySource } from '../util/byte-source.ts';
import { readGguf } from './reader.ts';
import { padTo } from './values.ts';
import { GgufWriter } from './writer.ts';

const Q2_0 = 42;
const read = (raw: RawGguf) => readGguf(new MemorySource('any-name.gguf', buildGguf(raw)));
const sizes = async (raw: RawGguf) => (await read(raw)).tensors.map(({ sizeBytes }) => sizeBytes);

/** Tensors of [rows, 256] one after the other, with `blockBytes` per `blockElements`. */
function tensors(...blocks: (readonly [rows: number, elements: number, bytes: number])[]): RawGguf {
  let offset = 0;
  const list: RawTensor[] = blocks.map(([rows, elements, bytes], index) => {
    const tensor = { name: `t${index}`, dims: [256, rows], type: Q2_0, offset };
    offset = padTo(offset + ((256 * rows) / elements) * bytes, 32);
    return tensor;
  });
  return { tensors: list, dataBytes: offset };
}
const group64 = (rows: number) => [rows, 64, 18] as const;
const group128 = (rows: number) => [rows, 128, 34] as const;

describe('Q2_0 tensors', () => {
  it('are in groups of 64 or of 128 by the distance to the next tensor', async () => {
    expect(await sizes(tensors(group64(3), group64(8)))).toEqual([216, 576]);
    expect(await sizes(tensors(group128(3), group128(8)))).toEqual([204, 544]);
  });

  it('may end the file with or without padding', async () => {
    const padded = tensors(group128(7));
    expect(await sizes(padded)).toEqual([476]);
    expect(await sizes({ ...padded, dataBytes: 476 })).toEqual([476]);
    expect(await sizes({ ...tensors(group64(7)), dataBytes: 504 })).toEqual([504]);
  });

  it('that would fit either way follow the others', async () => {
    // 72 and 68 bytes both take 96.
    expect(await sizes(tensors(group64(1), group64(8)))).toEqual([72, 576]);
    expect(await sizes(tensors(group128(8), group128(1), group128(8)))).toEqual([544, 68, 544]);
  });

  it('of rows that are no multiple of 128 are in groups of 64', async () => {
    const raw = { tensors: [{ name: 't', dims: [64, 1], type: Q2_0, offset: 0 }], dataBytes: 32 };
    expect(await sizes(raw)).toEqual([18]);
  });

  it.each<[string, RawGguf]>([
    ['that disagree', tensors(group64(8), group128(8))],
    ['that disagree the other way', tensors(group128(8), group64(8))],
    ['with room for neither', { ...tensors(group64(8)), dataBytes: 560 }],
    ['cut short', { ...tensors(group128(8)), dataBytes: 543 }],
    ['that nothing tells apart', tensors(group64(1))],
  ])('%s are refused', async (_what, raw) => {
    await expect(read(raw)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining('Q2_0 (42)'),
    });
  });

  it.each([64, 128])('written in groups of %i are read back as such', async (blockElements) => {
    const plan = { name: 't', dims: [256, 9], type: Q2_0, blockElements };
    const bytes = 9 * 256 * (blockElements === 64 ? 18 / 64 : 34 / 128);
    const sink = new MemorySink();
    const writer = new GgufWriter(sink, { metadata: new Map(), tensors: [plan] });
    await writer.writeHeader();
    await writer.writeTensor('t', [new Uint8Array(bytes)]);
    writer.finish();
    const file = await readGguf(new MemorySource('m', sink.bytes()));
    expect(file.tensors[0].sizeBytes).toBe(bytes);
  });
});

describe('types that cannot be read', () => {
  it.each([
    [38, /TL1 \(38\).*side file/],
    [39, /TL2 or MXFP4 \(39\).*MXFP4 shares/],
    [40, /NVFP4 \(40\)/],
  ])('such as %i are named', async (type, message) => {
    const raw = { tensors: [{ name: 't', dims: [256], type, offset: 0 }], dataBytes: 256 };
    await expect(read(raw)).rejects.toMatchObject({
      code: 'unsupported-model',
      message: expect.stringMatching(message),
    });
  });
});
