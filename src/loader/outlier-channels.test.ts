import { describe, expect, it } from 'vitest';
import type { GgufTensor } from '../gguf/values.ts';
import { MemorySource } from '../util/byte-source.ts';
import { readOutlierChannels } from './outlier-channels.ts';
import { GgufTensorSet } from './tensor-set.ts';

const COLUMNS = 256;

function open(channels: readonly number[], { type = 26, withMatrix = true } = {}) {
  const bytes = new Uint8Array(Int32Array.from(channels).buffer);
  const zeros = 2 * COLUMNS * 4;
  const source = new MemorySource('m.gguf', new Uint8Array([...bytes, ...new Uint8Array(zeros)]));
  const at = { offsetBytes: bytes.length };
  const tensors: GgufTensor[] = [
    {
      name: 'blk.0.ffn_up.outlier_index',
      dims: [channels.length],
      type,
      offsetBytes: 0,
      sizeBytes: bytes.length,
    },
    {
      name: 'blk.0.ffn_up.outlier.weight',
      dims: [channels.length, 2],
      type: 0,
      ...at,
      sizeBytes: channels.length * 8,
    },
  ];
  if (withMatrix) {
    tensors.push({ name: 'blk.0.ffn_up.weight', dims: [COLUMNS, 2], type: 0, ...at, sizeBytes: zeros });
  }
  const file = { name: 'm.gguf', tensors };
  return readOutlierChannels(file, new GgufTensorSet(file, source));
}

const ascending = Array.from({ length: 64 }, (_, j) => 4 * j + 3);

describe('readOutlierChannels', () => {
  it('reads the channels of every matrix that has an index', async () => {
    const found = await open(ascending);
    expect([...found.keys()]).toEqual(['blk.0.ffn_up.weight']);
    expect(Array.from(found.get('blk.0.ffn_up.weight') ?? [])).toEqual(ascending);
  });

  it.each([
    ['a channel twice', ascending.map((channel, j) => (j === 9 ? ascending[8] : channel))],
    ['a channel beyond the width', ascending.map((channel, j) => (j === 63 ? COLUMNS : channel))],
    ['a negative channel', ascending.map((channel, j) => (j === 0 ? -1 : channel))],
    ['a number of channels that is no multiple of 16', ascending.slice(1)],
  ])('refuses %s', async (_, channels) => {
    await expect(open(channels)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining('blk.0.ffn_up.outlier_index'),
    });
  });

  it('refuses an index of another type, and one without its matrix', async () => {
    await expect(open(ascending, { type: 0 })).rejects.toMatchObject({ code: 'bad-file' });
    await expect(open(ascending, { withMatrix: false })).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining('blk.0.ffn_up.weight'),
    });
  });
});
