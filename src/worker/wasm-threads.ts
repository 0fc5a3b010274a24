// Threads of the WebAssembly backend in a page: workers of the engine's worker that run its own script again, so that an
// application has no further file to serve.
import { runThread, type ThreadStart } from '../wasm/thread-loop.ts';
import type { ThreadStarter } from '../wasm/threads.ts';

const THREAD_NAME = 'sterna-wasm-thread';
const MOST_THREADS = 8;

/** Whether this worker is such a thread and not the engine's worker. */
export function isWasmThread(): boolean {
  return self.name === THREAD_NAME;
}

/** In a thread: waits for its first message and runs from then on. */
export function serveWasmThread(): void {
  addEventListener('message', ({ data }: MessageEvent<ThreadStart>) => runThread(data), { once: true });
}

/** Shared memory needs a page that is isolated from other origins (docs/embedding.md); elsewhere there are no helpers. */
export function pageThreads(): ThreadStarter {
  const cores = Math.min(navigator.hardwareConcurrency ?? 1, MOST_THREADS);
  return {
    helpers: globalThis.crossOriginIsolated === true ? cores - 1 : 0,
    start(start) {
      const worker = new Worker(self.location.href, { type: 'module', name: THREAD_NAME });
      worker.postMessage(start);
      return worker;
    },
  };
}
