// Threads of the WebAssembly backend in a page: workers of the engine's worker that run its own script again, so that an
// application has no further file to serve.
import { runThread, type ThreadStart } from '../wasm/thread-loop.ts';
import { MOST_THREADS, type ThreadStarter } from '../wasm/threads.ts';

const THREAD_NAME = 'sterna-wasm-thread';

/** Whether this worker is such a thread and not the engine's worker. */
export function isWasmThread(): boolean {
  return self.name === THREAD_NAME;
}

/** In a thread: waits for its first message and runs from then on. */
export function serveWasmThread(): void {
  addEventListener('message', ({ data }: MessageEvent<ThreadStart>) => runThread(data), { once: true });
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): object };
}

let script: string | object | undefined;

// Where the page's policy requires trusted types, a worker starts from a URL that a named policy made; it makes this one.
function ownScript(): string | object {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const rules = { createScriptURL: (url: string) => url };
  script ??=
    trustedTypes?.createPolicy('sterna-threads', rules).createScriptURL(self.location.href) ??
    self.location.href;
  return script;
}

/**
 * Shared memory needs a page that is isolated from other origins (docs/embedding.md); elsewhere there are no helpers.
 * @param most threads at most, with the worker's own; default 8
 */
export function pageThreads(most: number = MOST_THREADS): ThreadStarter {
  const threads = Math.min(most, navigator.hardwareConcurrency ?? 1);
  return {
    helpers: globalThis.crossOriginIsolated === true ? threads - 1 : 0,
    start(start) {
      const worker = new Worker(ownScript() as string, { type: 'module', name: THREAD_NAME });
      worker.postMessage(start);
      return worker;
    },
  };
}
