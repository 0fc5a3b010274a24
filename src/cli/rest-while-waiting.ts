// Node on a driver that computes on the CPU: while the GPU works, this thread sleeps instead of polling.
// Dawn's package for Node polls with setImmediate as long as a promise is open: a whole core, of two or four, that the
// driver needs. On a real GPU polling is right: it answers within microseconds.
import { onWait } from '../gpu/waiting.ts';

/**
 * Sleep between two turns of the event loop, in milliseconds: below the time of a token on such a driver. Measured, prefill of 64
 * tokens of the default model, SwiftShader: 30 tokens/s without a rest, 54 with 0.2 ms, 67 with 1 ms, 62 with 3 ms; decode
 * 14, 30, 30 and 28, half of it by other kernels (Dawn in Node 20, two cores, 2026-12-01).
 */
const REST_MS = 1;

const cell = new Int32Array(new SharedArrayBuffer(4));
let openWaits = 0;
let isResting = false;

/** Makes every wait for the device a resting one. For CPU drivers only. */
export function restWhileWaiting(device: GPUDevice): void {
  onWait(device, () => {
    openWaits++;
    if (!isResting) {
      isResting = true;
      setImmediate(rest);
    }
    return () => {
      openWaits--;
    };
  });
}

function rest(): void {
  isResting = openWaits > 0;
  if (!isResting) return;
  Atomics.wait(cell, 0, 0, REST_MS);
  setImmediate(rest);
}
