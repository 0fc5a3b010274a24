// Shares a dispatch among threads: rows of a product, computed by several instances of the module on one shared memory.
import { CONTROL, CONTROL_WORDS, SHARE_BITS, type ThreadStart } from './thread-loop.ts';

/** A thread that runs runThread with what it was given. */
export interface Thread {
  terminate(): void;
}

/** How the surroundings start threads: workers of the page, or of Node. */
export interface ThreadStarter {
  /** Threads besides the caller's own. */
  readonly helpers: number;
  /** May answer before the thread runs; until then the others do its work. @throws when it cannot be started */
  start(start: ThreadStart): Thread;
}

/** Threads by default at most, with the caller's own. */
export const MOST_THREADS = 8;

/** Shares per thread: one that is late then costs the others little. */
const SHARES_PER_THREAD = 2;
/** How often the caller looks for the last share before it sleeps. */
const LOOKS = 4000;
/** The caller wakes up by itself after this time, should a notification have come before it slept. */
const SLEEP_MS = 1;

/** Runs functions on all threads. Belongs to the device. */
export class ThreadPool {
  readonly #control: Int32Array;
  readonly #indexes: ReadonlyMap<(...operands: number[]) => void, number>;
  readonly #threads: readonly Thread[];
  #generation = 0;

  /** @param functions in the order of ThreadStart.names */
  constructor(
    memory: WebAssembly.Memory,
    controlAddress: number,
    functions: readonly ((...operands: number[]) => void)[],
    threads: readonly Thread[],
  ) {
    this.#control = new Int32Array(memory.buffer, controlAddress, CONTROL_WORDS);
    this.#indexes = new Map(functions.map((run, index) => [run, index]));
    this.#threads = threads;
  }

  /** Threads that compute, with the caller's. */
  get count(): number {
    return this.#threads.length + 1;
  }

  /**
   * Calls the function once per share, its operands followed by the share and the number of shares, on all threads; returns
   * when every share is computed.
   * @throws WebAssembly.RuntimeError when a share failed
   */
  run(run: (...operands: number[]) => void, operands: readonly number[]): void {
    const control = this.#control;
    const shares = this.count * SHARES_PER_THREAD;
    control.set(operands, CONTROL.operands);
    control[CONTROL.operandCount] = operands.length;
    control[CONTROL.functionIndex] = this.#indexes.get(run) ?? -1;
    control[CONTROL.shares] = shares;
    control[CONTROL.failures] = 0;
    Atomics.store(control, CONTROL.done, 0);
    this.#generation = (this.#generation + 1) | 0;
    Atomics.store(control, CONTROL.claims, (this.#generation << SHARE_BITS) | shares);
    Atomics.store(control, CONTROL.generation, this.#generation);
    if (Atomics.load(control, CONTROL.sleepers) > 0) Atomics.notify(control, CONTROL.generation);
    this.#work(run, operands, shares);
    this.#waitFor(shares);
    if (control[CONTROL.failures] > 0)
      throw new WebAssembly.RuntimeError(`${control[CONTROL.failures]} shares of a kernel failed`);
  }

  /** Ends the threads. */
  dispose(): void {
    for (const thread of this.#threads) thread.terminate();
  }

  #work(run: (...operands: number[]) => void, operands: readonly number[], shares: number): void {
    const mask = (1 << SHARE_BITS) - 1;
    for (;;) {
      const claim = Atomics.load(this.#control, CONTROL.claims);
      if ((claim & mask) === 0) return;
      if (Atomics.compareExchange(this.#control, CONTROL.claims, claim, claim - 1) !== claim) continue;
      try {
        run(...operands, (claim & mask) - 1, shares);
      } catch {
        Atomics.add(this.#control, CONTROL.failures, 1);
      }
      Atomics.add(this.#control, CONTROL.done, 1);
    }
  }

  #waitFor(shares: number): void {
    for (let look = 0; look < LOOKS; look++) {
      if (Atomics.load(this.#control, CONTROL.done) === shares) return;
    }
    for (;;) {
      const done = Atomics.load(this.#control, CONTROL.done);
      if (done === shares) return;
      Atomics.wait(this.#control, CONTROL.done, done, SLEEP_MS);
    }
  }
}
