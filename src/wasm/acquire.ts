// The WebAssembly backend as a GpuContext, for browsers without WebGPU and adapters that compute on the CPU anyway.
import { EngineError } from '../errors.ts';
import type { GpuContext } from '../gpu/device.ts';
import { WasmDevice } from './device.ts';
import { instantiateKernels, type KernelModule, type WasmLevel } from './kernel-module.ts';
import { WasmMemory } from './memory.ts';
import { CONTROL_WORDS } from './thread-loop.ts';
import { type Thread, ThreadPool, type ThreadStarter } from './threads.ts';

/** Options of acquireWasm. */
export interface WasmOptions {
  /** Starts threads that share the products. Default: none; also none where there is no shared memory. */
  readonly threads?: ThreadStarter | null;
  /** Modules to try, best first: for tests. Default: relaxed SIMD, then SIMD. */
  readonly levels?: readonly WasmLevel[];
}

/**
 * Compiles the kernels and makes a device of them. The caller disposes it.
 * @throws EngineError 'wasm-unavailable' without SIMD, or where the page's Content-Security-Policy forbids WebAssembly
 */
export async function acquireWasm({ threads = null, levels }: WasmOptions = {}): Promise<GpuContext> {
  const wanted = threads !== null && threads.helpers > 0 ? threads : null;
  const memory = createMemory(wanted !== null);
  const isShared = !(memory.memory.buffer instanceof ArrayBuffer);
  const kernels = await instantiateKernels(memory.memory, isShared, levels).catch((cause: unknown) => {
    throw new EngineError(
      'wasm-unavailable',
      `WebAssembly with SIMD could not be started: ${String(cause)}. Use a browser of 2023 or later, and allow 'wasm-unsafe-eval' in the script-src of the page's Content-Security-Policy.`,
      { cause },
    );
  });
  const { level, functions } = kernels;
  const pool = wanted !== null && isShared ? startThreads(wanted, memory, kernels) : null;
  const device = new WasmDevice(memory, functions, pool);
  return {
    // Everything that the engine calls is there; the rest of the interface is not.
    device: device as unknown as GPUDevice,
    adapter: {
      vendor: '',
      architecture: `wasm-${level}`,
      device: pool === null ? '1 thread' : `${pool.count} threads`,
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

const SCRATCH_BYTES = 2 ** 20; // as shaders/common/wasm/scratch.as.ts says

// Some systems give no shared memory of this size, since its addresses are reserved at once.
function createMemory(shared: boolean): WasmMemory {
  if (!shared || typeof SharedArrayBuffer !== 'function') return new WasmMemory();
  try {
    return new WasmMemory(true);
  } catch {
    return new WasmMemory();
  }
}

function startThreads(
  starter: ThreadStarter,
  memory: WasmMemory,
  { module, functions }: KernelModule,
): ThreadPool | null {
  const controlAddress = memory.allocate(CONTROL_WORDS * 4);
  const names = [...functions.keys()];
  const threads: Thread[] = [];
  try {
    for (let helper = 0; helper < starter.helpers; helper++) {
      const scratchAddress = memory.allocate(SCRATCH_BYTES);
      threads.push(starter.start({ module, memory: memory.memory, controlAddress, scratchAddress, names }));
    }
  } catch {
    // Those that run are enough; without any, the caller computes alone.
  }
  return threads.length === 0
    ? null
    : new ThreadPool(memory.memory, controlAddress, [...functions.values()], threads);
}
