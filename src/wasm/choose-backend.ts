// Which of the two backends computes: a GPU where there is one, else WebAssembly.
import type { Backend } from '../api/types.ts';
import { EngineError, type EngineErrorCode } from '../errors.ts';
import type { GpuContext } from '../gpu/device.ts';
import { acquireWasm, type WasmOptions } from './acquire.ts';

/** Errors of a GPU that WebAssembly can stand in for. */
const NO_GPU: ReadonlySet<EngineErrorCode> = new Set([
  'webgpu-unavailable',
  'adapter-unavailable',
  'device-unavailable',
]);

/**
 * Acquires a device of the backend. `auto` takes WebAssembly where there is no GPU, or where WebGPU computes on the CPU: the
 * processor's own vectors are far faster than a driver that emulates a GPU (docs/benchmarking.md). The caller disposes it.
 * @param acquireGpu acquires WebGPU's device
 * @param options of WebAssembly
 * @throws EngineError as acquireGpu and acquireWasm; with `auto` that of the GPU if neither works
 */
export async function acquireBackend(
  backend: Backend,
  acquireGpu: () => Promise<GpuContext>,
  options?: WasmOptions,
): Promise<GpuContext> {
  if (backend === 'wasm') return acquireWasm(options);
  if (backend === 'webgpu') return acquireGpu();
  const gpu = await acquireGpu().catch((error: unknown) => {
    if (error instanceof EngineError && NO_GPU.has(error.code)) return error;
    throw error;
  });
  const failed = gpu instanceof EngineError;
  if (!failed && !gpu.adapter.isFallback) return gpu;
  const wasm = await acquireWasm(options).catch(() => null);
  if (wasm === null) {
    if (failed) throw gpu;
    return gpu;
  }
  if (!failed) gpu.dispose();
  return wasm;
}
