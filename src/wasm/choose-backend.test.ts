import { describe, expect, test, vi } from 'vitest';
import { EngineError } from '../errors.ts';
import type { GpuContext } from '../gpu/device.ts';
import { acquireBackend } from './choose-backend.ts';

function fakeGpu(isFallback: boolean) {
  const dispose = vi.fn();
  return { adapter: { description: 'a GPU', isFallback }, dispose } as unknown as GpuContext & {
    dispose: ReturnType<typeof vi.fn>;
  };
}

const isWasm = ({ features }: GpuContext) => features?.has('wasm') ?? false;

describe('acquireBackend', () => {
  test('auto takes a GPU', async () => {
    const gpu = fakeGpu(false);
    expect(await acquireBackend('auto', async () => gpu)).toBe(gpu);
    expect(gpu.dispose).not.toHaveBeenCalled();
  });

  test('auto takes WebAssembly instead of an adapter that computes on the CPU, which it gives back', async () => {
    const gpu = fakeGpu(true);
    expect(isWasm(await acquireBackend('auto', async () => gpu))).toBe(true);
    expect(gpu.dispose).toHaveBeenCalledTimes(1);
  });

  test.each(['webgpu-unavailable', 'adapter-unavailable', 'device-unavailable'] as const)(
    'auto takes WebAssembly after %s',
    async (code) => {
      const refuse = async () => {
        throw new EngineError(code, 'no GPU');
      };
      expect(isWasm(await acquireBackend('auto', refuse))).toBe(true);
      await expect(acquireBackend('webgpu', refuse)).rejects.toMatchObject({ code });
    },
  );

  test('auto does not hide other errors', async () => {
    const refuse = async () => {
      throw new EngineError('gpu-error', 'a defect');
    };
    await expect(acquireBackend('auto', refuse)).rejects.toMatchObject({ code: 'gpu-error' });
  });

  test('without WebAssembly, auto takes what WebGPU offers or tells what it lacks', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    try {
      const gpu = fakeGpu(true);
      expect(await acquireBackend('auto', async () => gpu)).toBe(gpu);
      const refuse = async () => {
        throw new EngineError('webgpu-unavailable', 'no WebGPU');
      };
      await expect(acquireBackend('auto', refuse)).rejects.toMatchObject({ code: 'webgpu-unavailable' });
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test('what is asked for is taken', async () => {
    const gpu = fakeGpu(true);
    expect(await acquireBackend('webgpu', async () => gpu)).toBe(gpu);
    const never = vi.fn();
    expect(isWasm(await acquireBackend('wasm', never))).toBe(true);
    expect(never).not.toHaveBeenCalled();
  });
});
