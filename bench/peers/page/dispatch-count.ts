// Counts dispatches of compute shaders by any code of this page: the witness of what really ran on WebGPU.

const METHODS = ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect'] as const;

/** Runs a task and counts the dispatches that the page's main thread encodes meanwhile. */
export async function countDispatches(task: () => Promise<unknown>): Promise<number> {
  const prototype = GPUComputePassEncoder.prototype;
  let count = 0;
  const originals = METHODS.map((name) => [name, Reflect.get(prototype, name)] as const);
  for (const [name, original] of originals) {
    Reflect.set(prototype, name, function (this: GPUComputePassEncoder, ...args: unknown[]) {
      count++;
      return Reflect.apply(original, this, args);
    });
  }
  try {
    await task();
  } finally {
    for (const [name, original] of originals) Reflect.set(prototype, name, original);
  }
  return count;
}
