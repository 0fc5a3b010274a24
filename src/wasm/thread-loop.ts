// What a helping thread does: takes shares of jobs that the device announces in shared memory, until it is ended.

/** Words of the control block, i32 each. */
export const CONTROL = {
  /** Grows with every job; threads sleep on it. */
  generation: 0,
  /** Shares that nobody has taken yet, in the low bits; above them the generation, so that no stale value fits. */
  claims: 1,
  /** Shares that are computed. Whoever waits for the last one sleeps on it. */
  done: 2,
  sleepers: 3,
  failures: 4,
  /** Index of the function, number of its operands, shares of the job. */
  functionIndex: 5,
  operandCount: 6,
  shares: 7,
  operands: 8,
} as const;

/** Words of the block in all: more operands than a kernel has. The loop below says it once more, as it says the rest. */
export const CONTROL_WORDS = 64;

/** Bits of `claims` that count shares. */
export const SHARE_BITS = 12;

/** What a thread is told when it starts. Clone-safe, with the memory shared. */
export interface ThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Where the control block lies, in bytes. */
  readonly controlAddress: number;
  /** This thread's own scratch memory (shaders/common/wasm/scratch.as.ts). */
  readonly scratchAddress: number;
  /** Names of the functions by index. */
  readonly names: readonly string[];
}

/**
 * The loop. Never returns. Node starts it from its text, so it uses nothing outside of itself but its argument.
 * A thread looks for work for about 50 microseconds before it sleeps: dispatches follow each other faster than that.
 */
export function runThread({ module, memory, controlAddress, scratchAddress, names }: ThreadStart): void {
  const looks = 4000;
  const mask = (1 << 12) - 1; // SHARE_BITS
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const functions = names.map((name) => exports[name] as (...operands: number[]) => void);
  (exports.setScratch as (address: number) => void)(scratchAddress);
  const control = new Int32Array(memory.buffer, controlAddress, 64);
  for (;;) {
    const generation = Atomics.load(control, 0);
    let claim = Atomics.load(control, 1);
    for (let look = 0; (claim & mask) === 0 && look < looks; look++) claim = Atomics.load(control, 1);
    if ((claim & mask) === 0) {
      Atomics.add(control, 3, 1);
      Atomics.wait(control, 0, generation);
      Atomics.sub(control, 3, 1);
      continue;
    }
    if (Atomics.compareExchange(control, 1, claim, claim - 1) !== claim) continue;
    // The share is ours, so the job stays as it is until `done` counts it.
    const operands = Array.from(control.subarray(8, 8 + control[6]));
    try {
      functions[control[5]](...operands, (claim & mask) - 1, control[7]);
    } catch {
      Atomics.add(control, 4, 1);
    }
    Atomics.add(control, 2, 1);
    Atomics.notify(control, 2);
  }
}
