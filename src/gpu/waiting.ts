// Waits for the GPU, and lets the surroundings do something sensible meanwhile: Dawn in Node turns the event loop as
// fast as it can while a promise is open, which takes a core from a driver that computes on the CPU.

/** Called when a wait begins; returns what ends it. */
export type BeginWait = () => () => void;

const beginners = new WeakMap<GPUDevice, BeginWait>();

/** From now on `begin` is called at the start of every wait for the device. One per device: the last one counts. */
export function onWait(device: GPUDevice, begin: BeginWait): void {
  beginners.set(device, begin);
}

/** Awaits a promise that the device settles. */
export async function waitFor<T>(device: GPUDevice, settled: Promise<T>): Promise<T> {
  const end = beginners.get(device)?.();
  try {
    return await settled;
  } finally {
    end?.();
  }
}
