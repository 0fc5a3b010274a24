// A Worker without a thread: the host runs in the same thread behind a real MessageChannel.

import { exposeEngineHost } from '../../src/protocol/comlink.ts';
import type { WorkerLike } from '../../src/protocol/connection.ts';
import type { EngineHost } from '../../src/protocol/host.ts';

/** A worker that tests can crash. */
export interface FakeWorker extends WorkerLike {
  readonly terminated: boolean;
  /** Fires 'error' as a browser does; without message, as for a script that could not be loaded. */
  crash(message?: string): void;
  /** Fires 'messageerror'. */
  failMessage(): void;
}

/** Starts a host behind a channel. `terminate` closes the channel. */
export function createFakeWorker(host: EngineHost): FakeWorker {
  const { port1, port2 } = new MessageChannel();
  const events = new EventTarget();
  exposeEngineHost(host, port2);
  let terminated = false;
  const target = (type: string): EventTarget => (type === 'message' ? port1 : events);
  return {
    get terminated() {
      return terminated;
    },
    postMessage: (message, transfer) => port1.postMessage(message, transfer ?? []),
    start: () => port1.start(),
    addEventListener: (type, listener, options) => target(type).addEventListener(type, listener, options),
    removeEventListener: (type, listener, options) =>
      target(type).removeEventListener(type, listener, options),
    terminate: () => {
      terminated = true;
      port1.close();
      port2.close();
    },
    crash: (message) => {
      events.dispatchEvent(Object.assign(new Event('error'), message === undefined ? {} : { message }));
    },
    failMessage: () => {
      events.dispatchEvent(new Event('messageerror'));
    },
  };
}
