import { describe, expect, it } from 'vitest';
import { BufferPool } from '../../gpu/buffers.ts';
import type { TensorReader } from '../../quant/format.ts';
import type { BuildContext } from '../architecture.ts';
import { exactStorage, int8Storage, RowShards } from './row-shards.ts';

interface FakeBuffer {
  readonly size: number;
  readonly bytes: Uint8Array;
}

// A device whose buffers are arrays: what is written can be read back.
function fakeContext(limit: number): BuildContext {
  const device = {
    limits: { maxBufferSize: limit, maxStorageBufferBindingSize: limit },
    createBuffer: ({ size }: { size: number }) => ({ size, bytes: new Uint8Array(size), destroy: () => {} }),
    queue: {
      writeBuffer(buffer: FakeBuffer, offset: number, data: ArrayBufferView) {
        buffer.bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
      },
    },
  } as unknown as GPUDevice;
  return { gpu: { device }, pool: new BufferPool(device) } as unknown as BuildContext;
}

function int4Reader(rows: number, columns: number, firstCode: number, hasMinima = false): TensorReader {
  const perRow = columns / 32;
  return {
    kind: 'int4',
    rows,
    columns,
    groupSize: 32,
    hasMinima,
    async readCodes(firstRow, rowCount) {
      const row = (index: number, width: number) => firstRow + Math.floor(index / width);
      return {
        codes: Int8Array.from({ length: rowCount * columns }, (_, i) => (firstCode + row(i, columns)) % 8),
        scales: Float32Array.from({ length: rowCount * perRow }, (_, i) => firstCode + row(i, perRow)),
        minima: hasMinima ? new Float32Array(rowCount * perRow).fill(-firstCode) : undefined,
      };
    },
    async readFloats(_, rowCount) {
      return new Float32Array(rowCount * columns).fill(firstCode);
    },
  };
}

const contents = (buffer: GPUBuffer) => (buffer as unknown as FakeBuffer).bytes;

describe('RowShards', () => {
  it('leaves room behind the rows of each shard, and counts it against the limit of a binding', async () => {
    const size = { rows: 4, columns: 64, tail: { bytesPerRow: 8, bytes: 16 } };
    const matrix = new RowShards('test', size, int8Storage(64), fakeContext(2 * 72 + 16));
    expect(matrix.shards.map(({ rowCount, weights }) => [rowCount, weights.size])).toEqual([
      [2, 160],
      [2, 160],
    ]);
    await matrix.consume(int4Reader(4, 64, 1), 0);
    const [first] = matrix.shards;
    expect([...contents(first.weights).subarray(2 * 64)].every((byte) => byte === 0)).toBe(true);
  });

  it('puts rows of two tensors into shards that fit a binding, codes and scales side by side', async () => {
    const storage = exactStorage(int4Reader(1, 64, 0));
    expect(storage).toEqual({ layout: 'W4', groupSize: 32, minima: false });
    const matrix = new RowShards('test', { rows: 8, columns: 64 }, storage, fakeContext(96));
    expect(matrix.shards.map(({ firstRow, rowCount }) => [firstRow, rowCount])).toEqual([
      [0, 3],
      [3, 3],
      [6, 2],
    ]);
    await matrix.consume(int4Reader(5, 64, 1), 0);
    await matrix.consume(int4Reader(3, 64, 2), 5); // starts inside the second shard
    const rows = matrix.shards.flatMap((shard) => {
      const scales = new Float32Array(contents(shard.rowScale).buffer);
      return Array.from({ length: shard.rowCount }, (_, row) => ({
        cells: [...new Set(contents(shard.weights).subarray(row * 32, (row + 1) * 32))],
        scales: [...scales.subarray(row * 2, (row + 1) * 2)],
      }));
    });
    const expected = [1, 2, 3, 4, 5, 2, 3, 4].map((code) => ({ cells: [code * 17], scales: [code, code] }));
    expect(rows).toEqual(expected);
    expect(matrix.bytes).toBe(8 * (32 + 8));
  });

  it('keeps minima in buffers of their own, and has none otherwise', async () => {
    const reader = int4Reader(2, 64, 3, true);
    const matrix = new RowShards('test', { rows: 2, columns: 64 }, exactStorage(reader), fakeContext(1024));
    await matrix.consume(reader, 0);
    const [shard] = matrix.shards;
    expect(shard.rowMin).not.toBe(shard.rowScale);
    expect([...new Float32Array(contents(shard.rowMin).buffer)].slice(0, 4)).toEqual([-3, -3, -3, -3]);
    const plain = new RowShards('test', { rows: 2, columns: 64 }, int8Storage(64), fakeContext(1024));
    expect(plain.shards[0].rowMin).toBe(plain.shards[0].rowScale);
  });

  it('requantises what does not fit the storage asked for', async () => {
    const reader = int4Reader(1, 64, 5);
    const matrix = new RowShards('test', { rows: 1, columns: 64 }, int8Storage(64), fakeContext(1024));
    await matrix.consume(reader, 0);
    expect([...new Set(contents(matrix.shards[0].weights))]).toEqual([127]);
    expect(new Float32Array(contents(matrix.shards[0].rowScale).buffer)[0]).toBeCloseTo(5 / 127, 8);
  });

  it('refuses widths that no kernel reads', () => {
    const build = () => new RowShards('odd', { rows: 1, columns: 72 }, int8Storage(72), fakeContext(1024));
    expect(build).toThrow(/odd has 72 columns/);
  });

  it('chooses the layout by the codes, and int8 where a row does not fill its cells', () => {
    const reader = (kind: string, columns: number, extra = {}) =>
      ({ kind, rows: 1, columns, groupSize: 16, ...extra }) as unknown as TensorReader;
    expect(exactStorage(reader('ternary', 128)).layout).toBe('T2');
    expect(exactStorage(reader('binary', 128)).layout).toBe('B1');
    expect(exactStorage(reader('binary', 192)).layout).toBe('W8');
    expect(exactStorage(reader('int8', 16)).layout).toBe('W8');
    expect(exactStorage(reader('float', 16)).layout).toBe('F32');
    expect(exactStorage(reader('float', 16, { isBinary16: true })).layout).toBe('F16');
    expect(exactStorage(reader('float', 16, { isBfloat16: true })).layout).toBe('BF16');
  });
});
