import { afterEach, describe, expect, it, vi } from 'vitest';
import { detectSupport } from './support.ts';

const NVIDIA = { vendor: 'nvidia', architecture: 'hopper', device: '', description: '' };

const LIMITS = { maxBufferSize: 4e9, maxStorageBufferBindingSize: 2e9 };

afterEach(() => {
  vi.unstubAllGlobals();
});

function browser(answers: (object | null | Error)[], globals: Record<string, unknown> = {}) {
  const requestAdapter = vi.fn(async (_options?: GPURequestAdapterOptions) => {
    const answer = answers.shift() ?? null;
    if (answer instanceof Error) throw answer;
    return answer && { limits: LIMITS, ...answer };
  });
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('Worker', class {});
  vi.stubGlobal('navigator', { gpu: { requestAdapter } });
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
  return requestAdapter;
}

describe('detectSupport', () => {
  it('answers ok with the adapter for a GPU', async () => {
    browser([{ info: NVIDIA }]);
    expect(await detectSupport()).toEqual({
      status: 'ok',
      adapter: { ...NVIDIA, driver: '', isFallback: false },
      limits: { maxBufferBytes: 4e9, maxBindingBytes: 2e9 },
    });
  });

  it.each([
    ['insecure-context', { isSecureContext: false }],
    ['no-worker', { Worker: undefined }],
    ['no-webgpu', { navigator: {}, WebAssembly: undefined }],
  ])('answers unsupported because of %s', async (reason, globals) => {
    browser([{ info: NVIDIA }], globals);
    expect(await detectSupport()).toEqual({ status: 'unsupported', reason });
  });

  it('asks a second time for the fast GPU when the first answer is null or an error', async () => {
    for (const first of [null, new Error('busy')]) {
      const requestAdapter = browser([first, { info: NVIDIA }]);
      expect((await detectSupport()).status).toBe('ok');
      expect(requestAdapter.mock.calls.map(([options]) => options?.powerPreference)).toEqual([
        undefined,
        'high-performance',
      ]);
    }
  });

  it('answers no-adapter after two refusals', async () => {
    const requestAdapter = browser([null, new Error('no'), { info: NVIDIA }]);
    expect(await detectSupport()).toMatchObject({ status: 'fallback', reason: 'no-adapter' });
    expect(requestAdapter).toHaveBeenCalledTimes(2);
  });

  it('counts on WebAssembly where WebGPU is missing or computes on the CPU', async () => {
    const limits = { maxBufferBytes: 2 ** 31 - 2 ** 16, maxBindingBytes: 2 ** 31 - 2 ** 16 };
    browser([], { navigator: {} });
    expect(await detectSupport()).toEqual({ status: 'fallback', reason: 'no-webgpu', limits });
    browser([{ info: { ...NVIDIA, isFallbackAdapter: true } }]);
    expect(await detectSupport()).toMatchObject({ reason: 'cpu-adapter', limits });
    browser([{ info: { ...NVIDIA, isFallbackAdapter: true } }], { WebAssembly: undefined });
    expect(await detectSupport()).toMatchObject({ status: 'fallback', limits: { maxBufferBytes: 4e9 } });
  });

  it.each([
    { info: { ...NVIDIA, isFallbackAdapter: true } },
    { info: NVIDIA, isFallbackAdapter: true },
    { info: { vendor: 'google', architecture: 'swiftshader' } },
    { info: { vendor: 'mesa', description: 'llvmpipe (LLVM 19.1.7, 256 bits)' } },
    { info: { description: 'Microsoft Basic Render Driver' } },
  ])('recognises a CPU adapter: %j', async (adapter) => {
    browser([adapter]);
    const support = await detectSupport();
    expect(support).toMatchObject({
      status: 'fallback',
      reason: 'cpu-adapter',
      adapter: { isFallback: true },
    });
  });

  it('fills in names that the browser hides', async () => {
    browser([{}]);
    const names = { vendor: '', architecture: '', device: '', description: '' };
    expect(await detectSupport()).toMatchObject({ status: 'ok', adapter: { ...names, isFallback: false } });
  });
});
