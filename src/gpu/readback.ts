// Waits for the GPU and reads its buffers back: one mapAsync, with a nudge for browsers whose map polling is a slow timer.
import { USAGE } from './buffers.ts';
import { waitFor } from './waiting.ts';

// Firefox resolves mapAsync from a 100 ms timer unless the queue sees work (Mozilla bug 1870699); an empty submit
// every few milliseconds brings that down. Chromium and Node (which has no navigator, or calls it Node.js) poll often enough: there
// it only cost, 1 to 2 % of a prompt of 512 tokens of BitNet-2B in Chromium (H200, 2026-12-01).
const NEEDS_NUDGE = typeof navigator === 'object' && !/chrome\/|node/i.test(navigator.userAgent ?? '');
const NUDGE_AFTER_MS = 4;
const NUDGE_EVERY_MS = 2;

/** Maps a MAP_READ buffer for reading. The caller unmaps it. */
export async function mapForRead(device: GPUDevice, buffer: GPUBuffer): Promise<ArrayBuffer> {
  await nudgeUntil(device, buffer.mapAsync(1)); // GPUMapMode.READ
  return buffer.getMappedRange();
}

/** Resolves when everything submitted so far is done, also when the device was lost. */
export async function submittedWorkDone(device: GPUDevice): Promise<void> {
  await nudgeUntil(device, device.queue.onSubmittedWorkDone());
}

async function nudgeUntil(device: GPUDevice, settled: Promise<unknown>): Promise<void> {
  if (!NEEDS_NUDGE) {
    await waitFor(device, settled);
    return;
  }
  let done = false;
  const nudge = () => {
    if (done) return;
    device.queue.submit([]);
    setTimeout(nudge, NUDGE_EVERY_MS);
  };
  const timer = setTimeout(nudge, NUDGE_AFTER_MS);
  try {
    await waitFor(device, settled);
  } finally {
    done = true;
    clearTimeout(timer);
  }
}

/** Copies bytes of a COPY_SRC buffer to the CPU. For tests and single results, not for the token loop. */
export async function readBuffer(
  device: GPUDevice,
  source: GPUBuffer,
  sizeBytes: number = source.size,
  offsetBytes = 0,
): Promise<ArrayBuffer> {
  const staging = device.createBuffer({
    label: `readback of ${source.label}`,
    size: Math.ceil(sizeBytes / 4) * 4,
    usage: USAGE.MAP_READ | USAGE.COPY_DST,
  });
  try {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, offsetBytes, staging, 0, staging.size);
    device.queue.submit([encoder.finish()]);
    return (await mapForRead(device, staging)).slice(0, sizeBytes);
  } finally {
    staging.destroy();
  }
}
