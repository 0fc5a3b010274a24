// The WebAssembly backend as a GpuContext, for browsers without WebGPU and adapters that compute on the CPU anyway.
import { EngineError } from '../errors.ts';
import type { GpuContext } from '../gpu/device.ts';
import { WasmDevice } from './device.ts';
import { instantiateKernels, type WasmLevel } from './kernel-module.ts';
import { WasmMemory } from './memory.ts';

/** Options of acquireWasm. */
export interface WasmOptions {
  /** Modules to try, best first: for tests. Default: relaxed SIMD, then SIMD. */
  readonly levels?: readonly WasmLevel[];
}

/**
 * Compiles the kernels and makes a device of them. The caller disposes it.
 * @throws EngineError 'wasm-unavailable' without SIMD, or where the page's Content-Security-Policy forbids WebAssembly
 */
export async function acquireWasm({ levels }: WasmOptions = {}): Promise<GpuContext> {
  const memory = new WasmMemory();
  const { level, functions } = await instantiateKernels(memory.memory, levels).catch((cause: unknown) => {
    throw new EngineError(
      'wasm-unavailable',
      `WebAssembly with SIMD could not be started: ${String(cause)}. Use a browser of 2023 or later, and allow 'wasm-unsafe-eval' in the script-src of the page's Content-Security-Policy.`,
      { cause },
    );
  });
  const device = new WasmDevice(memory, functions);
  return {
    // Everything that the engine calls is there; the rest of the interface is not.
    device: device as unknown as GPUDevice,
    adapter: {
      vendor: '',
      architecture: `wasm-${level}`,
      device: '',
      description: 'WebAssembly',
      driver: '',
      isFallback: true,
    },
    features: new Set(['wasm']),
    packedDot: 'none',
    subgroupMax: 1,
    hasTimestamps: false,
    lost: device.lost,
    dispose: () => device.destroy(),
  };
}
