// Can this browser run the engine, and on what? Unsupported hardware is a result here, never an exception.

import { describeAdapter } from '../util/adapter-summary.ts';
import { hasWasmSimd, WASM_MAX_BUFFER_BYTES } from '../util/wasm-support.ts';
import type { DeviceLimits, Support } from './types.ts';

export { cpuAdapterName } from '../util/adapter-summary.ts';

/**
 * Finds out what this browser can do, without creating a device.
 * @returns `ok`; `fallback` with the reason: works on the CPU, slower; `unsupported` with the reason. Never rejects.
 */
export async function detectSupport(): Promise<Support> {
  if (globalThis.isSecureContext === false) return { status: 'unsupported', reason: 'insecure-context' };
  if (typeof Worker !== 'function') return { status: 'unsupported', reason: 'no-worker' };
  const gpu = typeof navigator === 'object' ? navigator.gpu : undefined;
  const adapter = gpu ? await findAdapter(gpu) : null;
  const withWasm = hasWasmSimd();
  if (!adapter) {
    const reason = gpu ? 'no-adapter' : 'no-webgpu';
    return withWasm ? { status: 'fallback', reason, limits: WASM_LIMITS } : { status: 'unsupported', reason };
  }
  const found = describeAdapter(adapter);
  if (!found.isFallback) return { status: 'ok', adapter: found, limits: readLimits(adapter) };
  const limits = withWasm ? WASM_LIMITS : readLimits(adapter);
  return { status: 'fallback', reason: 'cpu-adapter', adapter: found, limits };
}

const WASM_LIMITS: DeviceLimits = {
  maxBufferBytes: WASM_MAX_BUFFER_BYTES,
  maxBindingBytes: WASM_MAX_BUFFER_BYTES,
};

function readLimits({ limits }: GPUAdapter): DeviceLimits {
  return { maxBufferBytes: limits.maxBufferSize, maxBindingBytes: limits.maxStorageBufferBindingSize };
}

/** Some drivers answer null to the first request while the GPU wakes up, so null is asked again, for the fast GPU. */
async function findAdapter(gpu: GPU): Promise<GPUAdapter | null> {
  for (const options of [undefined, { powerPreference: 'high-performance' }] as const) {
    try {
      const adapter = await gpu.requestAdapter(options);
      if (adapter) return adapter;
    } catch {
      // Counts as no adapter.
    }
  }
  return null;
}
