// Acquires a WebGPU device for the kernels: adapter with retry, features and limits that exist, loss as a promise.
// Works in a page, a worker and Node (Dawn): the caller passes the GPU object.
import type { AdapterSummary } from '../api/types.ts';
import { EngineError } from '../errors.ts';
import { describeAdapter, emulatesPackedDot } from '../util/adapter-summary.ts';

/**
 * What a kernel variant may require beyond core WebGPU. `packed-dot` is the WGSL language feature for dot4I8Packed;
 * `subgroup-matrix` means matrices of i8, 16 by 16 by 32 with i32 sums, in subgroups of 32; `wasm` is no WebGPU at all but the
 * device of src/wasm/.
 */
export type KernelFeature = 'subgroups' | 'packed-dot' | 'shader-f16' | 'subgroup-matrix' | 'wasm';

/** A device with what the kernels need to know of it. Whoever acquired it disposes it. */
export interface GpuContext {
  readonly device: GPUDevice;
  readonly adapter: AdapterSummary;
  readonly features: ReadonlySet<KernelFeature>;
  readonly hasTimestamps: boolean;
  /** Whether dot4I8Packed runs on hardware, is emulated by the driver, or is not offered. */
  readonly packedDot: 'hardware' | 'emulated' | 'none';
  /** Largest subgroup the device may use; 128, the largest WebGPU knows, where the browser does not say. */
  readonly subgroupMax: number;
  /** Resolves (never rejects) with the error to report when the device is lost; not on dispose(). */
  readonly lost: Promise<EngineError>;
  /** Destroys the device and with it every buffer. */
  dispose(): void;
}

/** Options of acquireDevice. */
export interface AcquireOptions {
  readonly powerPreference?: GPUPowerPreference;
  /** Request no limit above WebGPU's defaults: for tests of the smallest devices. Default false. */
  readonly defaultLimits?: boolean;
  /** Leave these features out even if the adapter has them: for tests. */
  readonly without?: readonly KernelFeature[];
  /**
   * Ask for matrices of int8 (`subgroup-matrix`), which browsers offer behind a flag only, since their form in WGSL is
   * not settled. Default false.
   */
  readonly subgroupMatrix?: boolean;
  /** Pause before the second adapter request in milliseconds. Default 250. */
  readonly retryDelayMs?: number;
}

// Only sizes are raised: a kernel that needed more bindings or workgroup memory would not run on the smallest devices.
const RAISED_LIMITS = ['maxBufferSize', 'maxStorageBufferBindingSize'] as const;

/**
 * Requests adapter and device.
 * @throws EngineError 'webgpu-unavailable', 'adapter-unavailable' or 'device-unavailable'
 */
export async function acquireDevice(gpu: GPU | undefined, options: AcquireOptions = {}): Promise<GpuContext> {
  if (!gpu) {
    throw new EngineError(
      'webgpu-unavailable',
      'This browser offers no WebGPU (navigator.gpu is missing). Use a current Chrome, Edge, Safari or Firefox over https or localhost.',
    );
  }
  const adapter = await requestAdapter(gpu, options);
  const without = new Set(options.without ?? []);
  const optional: string[] = ['subgroups', 'shader-f16', 'timestamp-query'];
  if (options.subgroupMatrix && hasInt8Matrices(adapter)) optional.push(SUBGROUP_MATRIX);
  const requiredFeatures = (optional as GPUFeatureName[]).filter(
    (name) => adapter.features.has(name) && !(without as ReadonlySet<string>).has(name),
  );
  const requiredLimits: Record<string, number> = {};
  if (!options.defaultLimits) for (const name of RAISED_LIMITS) requiredLimits[name] = adapter.limits[name];
  const device = await requestDevice(adapter, { requiredFeatures, requiredLimits, label: 'sterna' });
  const features = new Set<KernelFeature>();
  if (device.features.has('subgroups')) features.add('subgroups');
  if (device.features.has('shader-f16')) features.add('shader-f16');
  if ((device.features as ReadonlySet<string>).has(SUBGROUP_MATRIX)) features.add('subgroup-matrix');
  const hasPackedDot = gpu.wgslLanguageFeatures?.has('packed_4x8_integer_dot_product') ?? false;
  if (hasPackedDot && !without.has('packed-dot')) features.add('packed-dot');
  return createContext(device, adapter, features);
}

/** Chromium's name of the feature; neither it nor the configurations are in the types. */
const SUBGROUP_MATRIX = 'chromium-experimental-subgroup-matrix';

interface SubgroupMatrixConfig {
  readonly componentType: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/** Whether subgroups of 32 multiply int8 matrices of 16 by 32 by 16: the sizes that the kernels are written for. */
function hasInt8Matrices({ features, info }: GPUAdapter): boolean {
  if (!(features as ReadonlySet<string>).has(SUBGROUP_MATRIX)) return false;
  if (info.subgroupMinSize !== 32 || info.subgroupMaxSize !== 32) return false;
  const { subgroupMatrixConfigs = [] } = info as { subgroupMatrixConfigs?: Iterable<SubgroupMatrixConfig> };
  return [...subgroupMatrixConfigs].some(
    ({ componentType, M, N, K }) => componentType === 'i8' && M === 16 && N === 16 && K === 32,
  );
}

async function requestAdapter(gpu: GPU, options: AcquireOptions): Promise<GPUAdapter> {
  const first = await gpu.requestAdapter({ powerPreference: options.powerPreference });
  if (first) return first;
  // Some browsers answer null while the GPU process starts; a second request with a preference then succeeds.
  await new Promise((resolve) => setTimeout(resolve, options.retryDelayMs ?? 250));
  const second = await gpu.requestAdapter({ powerPreference: options.powerPreference ?? 'high-performance' });
  if (second) return second;
  throw new EngineError(
    'adapter-unavailable',
    'WebGPU found no adapter in two requests; one is needed. Update the graphics driver, or switch on hardware acceleration in the browser settings.',
  );
}

async function requestDevice(adapter: GPUAdapter, descriptor: GPUDeviceDescriptor): Promise<GPUDevice> {
  try {
    return await adapter.requestDevice(descriptor);
  } catch (cause) {
    throw new EngineError(
      'device-unavailable',
      `The GPU adapter refused to create a device: ${String(cause)}. Close other tabs that use the GPU and reload.`,
      { cause },
    );
  }
}

function createContext(
  device: GPUDevice,
  adapter: GPUAdapter,
  features: ReadonlySet<KernelFeature>,
): GpuContext {
  let disposed = false;
  const lost = new Promise<EngineError>((resolve) => {
    void device.lost.then((info) => {
      if (disposed) return;
      resolve(
        new EngineError(
          'device-lost',
          `The GPU device was lost (${info.reason}): ${info.message || 'no message'}. Reload the model; if it happens again, choose a smaller context.`,
          { details: { reason: info.reason ?? 'unknown' } },
        ),
      );
    });
  });
  const summary = describeAdapter(adapter);
  return {
    device,
    adapter: summary,
    features,
    packedDot: !features.has('packed-dot') ? 'none' : emulatesPackedDot(summary) ? 'emulated' : 'hardware',
    subgroupMax: adapter.info.subgroupMaxSize ?? 128,
    hasTimestamps: device.features.has('timestamp-query'),
    lost,
    dispose() {
      disposed = true;
      device.destroy();
    },
  };
}
