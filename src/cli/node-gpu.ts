// WebGPU in Node through Dawn (the npm package `webgpu`), with a chosen Vulkan driver.
import { existsSync } from 'node:fs';
import { EngineError } from '../errors.ts';
import { type AcquireOptions, acquireDevice, type GpuContext } from '../gpu/device.ts';
import { acquireWasm } from '../wasm/acquire.ts';
import { acquireBackend } from '../wasm/choose-backend.ts';
import { nodeThreads } from './node-threads.ts';
import { restWhileWaiting } from './rest-while-waiting.ts';

/**
 * What `--adapter` names. `auto`: a GPU, or `wasm` where there is none; `default`: whatever Vulkan driver the system offers;
 * `wasm`: WebAssembly on the CPU.
 */
export const ADAPTERS = ['auto', 'default', 'lavapipe', 'swiftshader', 'wasm'] as const;

// Where distributions put the Vulkan manifests of the two CPU drivers.
const DRIVER_FILES: Readonly<Record<string, readonly string[]>> = {
  lavapipe: ['/usr/share/vulkan/icd.d/lvp_icd.json', '/usr/share/vulkan/icd.d/lvp_icd.x86_64.json'],
  swiftshader: ['/usr/lib/chromium/vk_swiftshader_icd.json', '/opt/google/chrome/vk_swiftshader_icd.json'],
};

// Dawn aborts the process when its objects are collected while in use, so they stay reachable here to the end.
const kept: GpuContext[] = [];
let dawn: Promise<GPU> | undefined;

/** Options of acquireNodeDevice. */
export interface NodeDeviceOptions extends AcquireOptions {
  /** Threads of the WebAssembly backend at most. Default: one per core, at most 8. */
  readonly threads?: number;
}

/**
 * Acquires a device for the command line. The caller disposes it and ends the process with process.exit.
 * @throws EngineError 'bad-argument' for an unknown or missing driver, 'webgpu-unavailable' without the package
 */
export async function acquireNodeDevice(
  adapter: string,
  options: NodeDeviceOptions = {},
): Promise<GpuContext> {
  if (!(ADAPTERS as readonly string[]).includes(adapter)) {
    throw new EngineError(
      'bad-argument',
      `Adapter "${adapter}" is unknown; known are ${ADAPTERS.join(', ')}. Choose one of them.`,
    );
  }
  const threads = nodeThreads(options.threads);
  if (adapter === 'wasm') return acquireWasm({ threads });
  if (adapter === 'auto') {
    return acquireBackend('auto', () => acquireNodeDevice('default', options), { threads });
  }
  if (adapter !== 'default') selectDriver(adapter);
  process.env.XDG_RUNTIME_DIR ??= '/tmp';
  dawn ??= createDawn(options);
  const context = await acquireDevice(await dawn, options);
  kept.push(context);
  if (context.adapter.isFallback) restWhileWaiting(context.device);
  return context;
}

/** What runs a device here, for reports. */
export function nodeRuntime({ features }: GpuContext): string {
  return `${features.has('wasm') ? '' : 'Dawn in '}Node ${process.version}`;
}

function selectDriver(name: string): void {
  const file = DRIVER_FILES[name].find((path) => existsSync(path));
  if (!file) {
    throw new EngineError(
      'bad-argument',
      `The Vulkan driver ${name} is not installed; looked for ${DRIVER_FILES[name].join(', ')}. Run \`npm run setup\` or choose another adapter.`,
    );
  }
  process.env.VK_ICD_FILENAMES = file;
  process.env.VK_DRIVER_FILES = file;
}

// Dawn offers experimental features only to those who allow unsafe ones, from the first adapter on.
async function createDawn({ subgroupMatrix = false }: AcquireOptions): Promise<GPU> {
  try {
    const { create } = await import('webgpu');
    return create(subgroupMatrix ? ['enable-dawn-features=allow_unsafe_apis'] : []) as GPU;
  } catch (cause) {
    throw new EngineError(
      'webgpu-unavailable',
      `The npm package "webgpu" (Dawn) could not be loaded: ${String(cause)}. Install it with \`npm install webgpu\`.`,
      { cause },
    );
  }
}
