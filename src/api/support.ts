// Can this browser run the engine, and on what? Unsupported hardware is a result here, never an exception.

import { describeAdapter } from '../util/adapter-summary.ts';
import type { DeviceLimits, Support } from './types.ts';

export { cpuAdapterName } from '../util/adapter-summary.ts';

/**
 * Finds out what this browser can do, without creating a device.
 * @returns `ok`; `fallback` with reason `cpu-adapter`: works, but slowly; `unsupported` with the reason. Never rejects.
 */
export async function detectSupport(): Promise<Support> {
  if (globalThis.isSecureContext === false) return { status: 'unsupported', reason: 'insecure-context' };
  if (typeof Worker !== 'function') return { status: 'unsupported', reason: 'no-worker' };
  const gpu = typeof navigator === 'object' ? navigator.gpu : undefined;
  if (!gpu) return { status: 'unsupported', reason: 'no-webgpu' };
  const adapter = await findAdapter(gpu);
  if (!adapter) return { status: 'unsupported', reason: 'no-adapter' };
  const found = { adapter: describeAdapter(adapter), limits: readLimits(adapter) };
  return found.adapter.isFallback
    ? { status: 'fallback', reason: 'cpu-adapter', ...found }
    : { status: 'ok', ...found };
}

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
