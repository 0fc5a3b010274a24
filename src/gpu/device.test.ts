import { describe, expect, it } from 'vitest';
import { type AcquireOptions, acquireDevice } from './device.ts';

interface FakeOptions {
  /** How many requests answer null before one answers. */
  readonly nulls?: number;
  readonly features?: readonly string[];
  readonly language?: readonly string[];
  readonly refuse?: boolean;
  /** Matrix configurations of the adapter. */
  readonly matrices?: readonly object[];
}

// A GPU that records what is asked of it.
function fakeGpu({ nulls = 0, features = [], language = [], refuse = false, matrices }: FakeOptions = {}) {
  const asked: { adapters: unknown[]; device?: GPUDeviceDescriptor } = { adapters: [] };
  let lose: (info: { reason: string; message: string }) => void = () => {};
  const device = {
    features: new Set(features),
    lost: new Promise((resolve) => {
      lose = resolve;
    }),
    destroy: () => lose({ reason: 'destroyed', message: '' }),
  };
  const adapter = {
    features: new Set(features),
    limits: {
      maxBufferSize: 2 ** 30,
      maxStorageBufferBindingSize: 2 ** 29,
      maxStorageBuffersPerShaderStage: 16,
    },
    info: {
      vendor: 'test',
      architecture: '',
      device: '',
      description: '',
      subgroupMinSize: 32,
      subgroupMaxSize: 32,
      subgroupMatrixConfigs: matrices,
    },
    async requestDevice(descriptor: GPUDeviceDescriptor) {
      asked.device = descriptor;
      if (refuse) throw new TypeError('no');
      return device;
    },
  };
  const gpu = {
    wgslLanguageFeatures: new Set(language),
    async requestAdapter(options: unknown) {
      asked.adapters.push(options);
      return asked.adapters.length > nulls ? adapter : null;
    },
  };
  return {
    gpu: gpu as unknown as GPU,
    asked,
    lose: (message: string) => lose({ reason: 'unknown', message }),
  };
}

const quick: AcquireOptions = { retryDelayMs: 1 };

describe('acquireDevice', () => {
  it('asks a second time, with a preference, when the first adapter is null', async () => {
    const { gpu, asked } = fakeGpu({ nulls: 1 });
    const context = await acquireDevice(gpu, quick);
    expect(context.adapter.vendor).toBe('test');
    expect(asked.adapters).toEqual([{ powerPreference: undefined }, { powerPreference: 'high-performance' }]);
  });

  it('fails after two nulls, and without WebGPU, each with its own code', async () => {
    await expect(acquireDevice(fakeGpu({ nulls: 2 }).gpu, quick)).rejects.toMatchObject({
      code: 'adapter-unavailable',
    });
    await expect(acquireDevice(undefined)).rejects.toMatchObject({ code: 'webgpu-unavailable' });
    await expect(acquireDevice(fakeGpu({ refuse: true }).gpu)).rejects.toMatchObject({
      code: 'device-unavailable',
    });
  });

  it('raises only buffer sizes, and nothing when the default limits are wanted', async () => {
    const raised = fakeGpu();
    await acquireDevice(raised.gpu);
    expect(raised.asked.device?.requiredLimits).toEqual({
      maxBufferSize: 2 ** 30,
      maxStorageBufferBindingSize: 2 ** 29,
    });
    const plain = fakeGpu();
    await acquireDevice(plain.gpu, { defaultLimits: true });
    expect(plain.asked.device?.requiredLimits).toEqual({});
  });

  it('asks for matrices of int8 only when told to, where the adapter has those that the kernels are made for', async () => {
    const features = ['subgroups', 'chromium-experimental-subgroup-matrix'];
    const fits = { componentType: 'i8', M: 16, N: 16, K: 32 };
    const acquire = async (matrices: readonly object[] | undefined, subgroupMatrix: boolean) => {
      const { gpu, asked } = fakeGpu({ features, matrices });
      const context = await acquireDevice(gpu, { subgroupMatrix });
      context.dispose();
      return asked.device?.requiredFeatures;
    };
    expect(await acquire([fits], true)).toEqual(features);
    expect(await acquire([fits], false)).toEqual(['subgroups']);
    expect(
      await acquire(
        [
          { ...fits, componentType: 'u8' },
          { ...fits, N: 8 },
        ],
        true,
      ),
    ).toEqual(['subgroups']);
    expect(await acquire(undefined, true)).toEqual(['subgroups']);
  });

  it('requests only features that the adapter has, and leaves out those it is told to', async () => {
    const { gpu, asked } = fakeGpu({
      features: ['subgroups', 'timestamp-query'],
      language: ['packed_4x8_integer_dot_product'],
    });
    const context = await acquireDevice(gpu);
    expect(asked.device?.requiredFeatures).toEqual(['subgroups', 'timestamp-query']);
    expect([...context.features]).toEqual(['subgroups', 'packed-dot']);
    const without = await acquireDevice(gpu, { without: ['packed-dot'] });
    expect(without.features.has('packed-dot')).toBe(false);
  });

  it('reports a lost device, but not one that was disposed', async () => {
    const lossy = fakeGpu();
    const context = await acquireDevice(lossy.gpu);
    lossy.lose('driver reset');
    expect(await context.lost).toMatchObject({ code: 'device-lost' });
    const calm = await acquireDevice(fakeGpu().gpu);
    calm.dispose();
    const pending = Symbol('pending');
    const later = new Promise((resolve) => setTimeout(() => resolve(pending), 5));
    expect(await Promise.race([calm.lost, later])).toBe(pending);
  });
});
