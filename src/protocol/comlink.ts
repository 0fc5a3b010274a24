// The worker boundary over comlink: the only file that imports it. Exposes a host in the worker, wraps it in the page.

import * as comlink from 'comlink';
import type { BenchmarkProgress } from '../api/benchmark-types.ts';
import type { LoadProgress, PerplexityProgress } from '../api/types.ts';
import { EngineError } from '../errors.ts';
import { asPublicError, type ErrorRecord, fromErrorRecord, toErrorRecord } from './error-record.ts';
import type {
  BenchmarkRequest,
  EngineHost,
  GenerateRequest,
  GenerationEvent,
  LoadRequest,
  PerplexityRequest,
} from './host.ts';

/** Either end of a channel: a Worker in the page, `self` in the worker, or a MessagePort. */
export type Endpoint = comlink.Endpoint;

/** A callback of the other side. Every call is acknowledged. */
type RemoteCallback<E> = ((event: E) => Promise<void>) & comlink.ProxyMethods;

/** The host as seen from the page: every method answers with a promise. */
export type RemoteHost = comlink.Remote<EngineHost>;

/**
 * Makes a host available to the page at the other end of `endpoint`. To be called synchronously by the worker's entry
 * module, since messages that arrive before it are lost.
 * @param endpoint default: the worker's global scope
 */
export function exposeEngineHost(
  host: EngineHost,
  endpoint: Endpoint = globalThis as unknown as Endpoint,
): void {
  installErrorHandler();
  comlink.expose(
    {
      load: (request: LoadRequest, onProgress: RemoteCallback<LoadProgress>) =>
        delivering(onProgress, (send) => host.load(request, send)),
      generate: (request: GenerateRequest, onEvent: RemoteCallback<GenerationEvent>) =>
        delivering(onEvent, (send) => host.generate(request, send)),
      benchmark: (request: BenchmarkRequest, onProgress: RemoteCallback<BenchmarkProgress>) =>
        delivering(onProgress, (send) => host.benchmark(request, send)),
      perplexity: (request: PerplexityRequest, onProgress: RemoteCallback<PerplexityProgress>) =>
        delivering(onProgress, (send) => host.perplexity(request, send)),
      abortLoad: () => publicly(() => host.abortLoad()),
      abort: (requestId: number) => publicly(() => host.abort(requestId)),
      countTokens: (text: string) => publicly(() => host.countTokens(text)),
      memory: () => publicly(() => host.memory()),
      dispose: () => publicly(() => host.dispose()),
    },
    endpoint,
  );
}

/** Wraps the host at the other end of `endpoint`. Knows nothing of crashes: see connection.ts. */
export function wrapEngineHost(endpoint: Endpoint): RemoteHost {
  installErrorHandler();
  return comlink.wrap<EngineHost>(endpoint);
}

/** Marks a callback so that the other side gets a proxy of it. */
export function asCallback<E>(callback: (event: E) => void): ((event: E) => void) & comlink.ProxyMarked {
  return comlink.proxy(callback);
}

/**
 * Runs `body` with a callback to the other side and settles only after all its events have been handled there:
 * callbacks and results travel on different ports, whose order is not guaranteed. Frees the callback's port.
 */
async function delivering<E, R>(
  callback: RemoteCallback<E>,
  body: (send: (event: E) => void) => Promise<R>,
): Promise<R> {
  const deliveries = new Set<Promise<unknown>>();
  const send = (event: E) => {
    // What a callback throws is the page's own affair; it must not end the generation.
    const delivery = callback(event).catch(() => {});
    deliveries.add(delivery);
    delivery.then(() => deliveries.delete(delivery));
  };
  try {
    return await body(send);
  } catch (error) {
    throw asPublicError(error);
  } finally {
    await Promise.all(deliveries);
    callback[comlink.releaseProxy]();
  }
}

async function publicly<T>(body: () => T | Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw asPublicError(error);
  }
}

/** The shape of a thrown value inside comlink. */
interface Thrown {
  readonly value: unknown;
}

/** How a thrown value travels: ours as a record, everything else as comlink does it. */
type WireError = { readonly sterna: ErrorRecord } | { readonly original: unknown };

let installed = false;

/**
 * Replaces comlink's handler of thrown values. Errors that are not ours go to the handler that was there before,
 * since an application may use the same copy of comlink for its own workers.
 */
function installErrorHandler(): void {
  if (installed) return;
  installed = true;
  const before = comlink.transferHandlers.get('throw');
  if (!before)
    throw new EngineError('not-ready', 'comlink has no handler for thrown values; expected version 4.');
  comlink.transferHandlers.set('throw', {
    canHandle: (value): value is unknown => before.canHandle(value),
    serialize(thrown): [WireError, Transferable[]] {
      const { value } = thrown as Thrown;
      if (value instanceof EngineError || value instanceof DOMException)
        return [{ sterna: toErrorRecord(value) }, []];
      const [original, transferables] = before.serialize(thrown);
      return [{ original }, transferables];
    },
    deserialize(wire) {
      const error = wire as WireError;
      if ('sterna' in error) throw fromErrorRecord(error.sterna);
      return before.deserialize(error.original);
    },
  });
}
