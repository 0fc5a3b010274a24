// A WebGPU device in Node through Dawn. Which driver it finds is decided by VK_ICD_FILENAMES, set before the process starts.
import { create, globals } from 'webgpu';

// Dawn aborts the process when what it handed out is collected while in use: keep it reachable to the end.
const kept = globalThis as unknown as { sternaDawn?: GPU };

/** The GPU object of this process, and WebGPU's constants as globals. Always the same one. */
export function dawnGpu(): GPU {
  if (kept.sternaDawn === undefined) {
    Object.assign(globalThis, globals);
    kept.sternaDawn = create([]);
  }
  return kept.sternaDawn;
}

/** The adapter that a target must answer with, so that a wrong driver is a failure and not a quiet substitute. */
export const EXPECTED_ADAPTER: Readonly<Record<string, RegExp>> = {
  llvmpipe: /llvmpipe/i,
  swiftshader: /swiftshader/i,
};
