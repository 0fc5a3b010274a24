// Counts what the host asks of the GPU: submits, dispatches, read-backs, objects made, buffers written.
// Methods of the device's own objects are replaced while it counts, so that what is counted is what is called.

/** What is counted, in the order of the calls. `map` is a read-back, `create` any new object. */
export type GpuCall = 'submit' | 'dispatch' | 'map' | 'create' | 'write';

/** A running count. */
export interface CallCounter {
  /** Calls so far, oldest first. */
  readonly calls: readonly GpuCall[];
  /** Puts the methods back. */
  stop(): void;
}

const CREATING = [
  'createBuffer',
  'createBindGroup',
  'createBindGroupLayout',
  'createPipelineLayout',
  'createShaderModule',
  'createComputePipeline',
  'createComputePipelineAsync',
  'hostKernel', // of the WebAssembly backend, which has no shaders and no pipelines of its own
] as const;

type Method = (...args: unknown[]) => unknown;

/** Starts counting the calls on a device. Dispatches count in passes that begin from now on. */
export function countCalls(device: GPUDevice): CallCounter {
  const calls: GpuCall[] = [];
  const undo: (() => void)[] = [];
  const replace = (owner: object, name: string, make: (original: Method) => Method) => {
    const hadOwn = Object.hasOwn(owner, name);
    const original = Reflect.get(owner, name) as Method;
    Reflect.set(owner, name, make(original.bind(owner)));
    undo.push(() => {
      if (hadOwn) Reflect.set(owner, name, original);
      else Reflect.deleteProperty(owner, name);
    });
  };
  const note =
    (call: GpuCall) =>
    (original: Method) =>
    (...args: unknown[]) => {
      calls.push(call);
      return original(...args);
    };
  for (const name of CREATING) if (name in device) replace(device, name, note('create'));
  replace(device.queue, 'writeBuffer', note('write'));
  // An empty submit is the nudge of readback.ts: it does no work.
  replace(device.queue, 'submit', (original) => (buffers) => {
    if (Array.isArray(buffers) && buffers.length > 0) calls.push('submit');
    return original(buffers);
  });
  replace(device, 'createCommandEncoder', (original) => (...args) => {
    const encoder = original(...args) as GPUCommandEncoder;
    replaceForGood(encoder, 'beginComputePass', (begin) => (...passArgs) => {
      const pass = begin(...passArgs) as GPUComputePassEncoder;
      replaceForGood(pass, 'dispatchWorkgroups', note('dispatch'));
      return pass;
    });
    return encoder;
  });
  const stopMaps = countMaps(device, () => calls.push('map'));
  return {
    calls,
    stop() {
      for (const restore of undo) restore();
      stopMaps();
    },
  };
}

/** Encoders live for one step: what is replaced on them goes with them. */
function replaceForGood(owner: object, name: string, make: (original: Method) => Method): void {
  const original = Reflect.get(owner, name) as Method;
  Reflect.set(owner, name, make(original.bind(owner)));
}

/** Buffers were made long before, so their common prototype is changed. */
function countMaps(device: GPUDevice, note: () => void): () => void {
  const probe = device.createBuffer({ size: 16, usage: 9 }); // MAP_READ | COPY_DST
  const prototype = Object.getPrototypeOf(probe) as object;
  probe.destroy();
  const before = Object.getOwnPropertyDescriptor(prototype, 'mapAsync');
  if (before === undefined) throw new Error('GPUBuffer has no method mapAsync to count');
  Object.defineProperty(prototype, 'mapAsync', {
    ...before,
    value(this: GPUBuffer, ...args: unknown[]) {
      note();
      return (before.value as Method).apply(this, args);
    },
  });
  return () => Object.defineProperty(prototype, 'mapAsync', before);
}
