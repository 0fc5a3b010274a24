// Threads of the WebAssembly backend in Node: one per core, at most eight.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { runThread } from '../wasm/thread-loop.ts';
import { MOST_THREADS, type ThreadStarter } from '../wasm/threads.ts';

// The loop needs nothing but its argument, so its text is a whole program: no file to find beside a bundle.
const PROGRAM = `(${runThread})(require('node:worker_threads').workerData)`;

/** Starts workers that do not keep the process alive. @param most threads at most, with the caller's own; default 8 */
export const nodeThreads = (most: number = MOST_THREADS): ThreadStarter => ({
  helpers: Math.min(availableParallelism(), most) - 1,
  start(workerData) {
    const worker = new Worker(PROGRAM, { eval: true, workerData });
    worker.unref();
    worker.on('error', () => {}); // what it had not taken, the others compute
    return { terminate: () => void worker.terminate() };
  },
});
