import { describe, expect, it } from 'vitest';
import { BufferPool } from './buffers.ts';

function fakeDevice() {
  const alive = new Set<object>();
  const device = {
    limits: { maxBufferSize: 4096, maxStorageBufferBindingSize: 1024 },
    createBuffer: ({ size }: { size: number }) => {
      const buffer = { size, destroy: () => alive.delete(buffer) };
      alive.add(buffer);
      return buffer;
    },
    queue: { writeBuffer: () => {} },
  };
  return { device: device as unknown as GPUDevice, alive };
}

describe('BufferPool', () => {
  it('counts the bytes of children until they are disposed', () => {
    const { device, alive } = fakeDevice();
    const pool = new BufferPool(device);
    pool.storage('logits', 100, 'scratch');
    const child = pool.createChild();
    child.storage('keys', 64, 'kv-cache');
    child.storage('more', 20, 'scratch');
    expect(pool.memory()).toEqual({ weightsBytes: 0, kvCacheBytes: 64, scratchBytes: 120 });
    child.dispose();
    expect(pool.memory()).toEqual({ weightsBytes: 0, kvCacheBytes: 0, scratchBytes: 100 });
    expect(alive.size).toBe(1);
  });

  it('disposes its children, which may be disposed again', () => {
    const { device, alive } = fakeDevice();
    const pool = new BufferPool(device);
    const child = pool.createChild();
    child.storage('keys', 64, 'kv-cache');
    pool.dispose();
    child.dispose();
    expect(alive.size).toBe(0);
  });

  it('refuses what no binding can hold', () => {
    const { device } = fakeDevice();
    const error = expect.objectContaining({
      code: 'out-of-memory',
      details: expect.objectContaining({ need: 2048 }),
    });
    expect(() => new BufferPool(device).createChild().storage('keys', 2048, 'kv-cache')).toThrowError(error);
  });
});
