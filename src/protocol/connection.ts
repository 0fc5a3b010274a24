// The page's end of the worker boundary: calls that always settle, also when the worker dies.

import type { MemoryUse } from '../api/types.ts';
import { EngineError } from '../errors.ts';
import { asCallback, type Endpoint, wrapEngineHost } from './comlink.ts';
import type { EngineHost } from './host.ts';

/** What is used of a Worker. */
export type WorkerLike = Endpoint & Pick<Worker, 'terminate'>;

/** The host as the page calls it. Every promise settles: with 'worker-crashed' when the worker dies. */
export interface HostConnection {
  readonly load: EngineHost['load'];
  readonly generate: EngineHost['generate'];
  readonly benchmark: EngineHost['benchmark'];
  readonly perplexity: EngineHost['perplexity'];
  /** Fire and forget. */
  abortLoad(): void;
  /** Fire and forget. */
  abort(requestId: number): void;
  countTokens(text: string): Promise<number>;
  memory(): Promise<MemoryUse>;
  /** Frees the GPU, then ends the worker, after 2 seconds at the latest. Pending calls reject with 'not-ready'. */
  dispose(): Promise<void>;
  /** Ends the worker at once. Pending and later calls reject with `error`. Later calls of `close` are ignored. */
  close(error: EngineError): void;
}

/** A worker that does not free its GPU in this time is ended without waiting; the browser frees the rest. */
const DISPOSE_TIMEOUT_MS = 2000;

/**
 * Connects to the host in a worker. The connection owns the worker and ends it: in `dispose`, and after the worker's
 * 'error' or 'messageerror', since an engine that threw outside of a call is in an unknown state.
 */
export function connectEngineHost(worker: WorkerLike): HostConnection {
  const host = wrapEngineHost(worker);
  const pending = new Set<(error: EngineError) => void>();
  let closed: EngineError | null = null;

  const close = (error: EngineError) => {
    if (closed !== null) return;
    closed = error;
    worker.removeEventListener('error', onError);
    worker.removeEventListener('messageerror', onMessageError);
    worker.terminate();
    for (const reject of [...pending]) reject(error);
  };
  const onError = (event: Event) => {
    close(workerCrashed(describeErrorEvent(event)));
  };
  const onMessageError = () => close(workerCrashed('a message could not be read'));
  worker.addEventListener('error', onError as EventListener);
  worker.addEventListener('messageerror', onMessageError);

  const call = <T>(start: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      if (closed !== null) return reject(closed);
      pending.add(reject);
      (async () => await start())()
        .then(resolve, reject)
        .finally(() => pending.delete(reject));
    });
  const send = (start: () => Promise<unknown>) => void call(start).catch(() => {});

  return {
    load: (request, onProgress) => call(() => host.load(request, asCallback(onProgress))),
    generate: (request, onEvent) => call(() => host.generate(request, asCallback(onEvent))),
    benchmark: (request, onProgress) => call(() => host.benchmark(request, asCallback(onProgress))),
    perplexity: (request, onProgress) => call(() => host.perplexity(request, asCallback(onProgress))),
    abortLoad: () => send(() => host.abortLoad()),
    abort: (requestId) => send(() => host.abort(requestId)),
    countTokens: (text) => call(() => host.countTokens(text)),
    memory: () => call(() => host.memory()),
    async dispose() {
      if (closed !== null) return;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, DISPOSE_TIMEOUT_MS);
      });
      // A worker that fails while it frees its GPU is ended all the same.
      await Promise.race([call(() => host.dispose()).catch(() => {}), timeout]);
      clearTimeout(timer);
      close(new EngineError('not-ready', 'The engine was disposed. Create a new one with createEngine.'));
    },
    close,
  };
}

function describeErrorEvent(event: Event): string {
  const { message, filename, lineno } = event as Partial<ErrorEvent>;
  // A script that cannot be loaded gives a plain Event without message.
  if (!message) return 'its script could not be loaded (address, MIME type or Content-Security-Policy)';
  return filename ? `${message} (${filename}:${lineno ?? 0})` : message;
}

function workerCrashed(reason: string): EngineError {
  return new EngineError(
    'worker-crashed',
    `The engine's worker stopped: ${reason}. Dispose the engine and create a new one.`,
    { details: { reason } },
  );
}
