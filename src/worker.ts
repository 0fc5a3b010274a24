// Entry './worker': runs the engine in a dedicated worker. A worker file of your own needs only to import it.
// The engine starts the same script again for the threads of its WebAssembly backend.
// The host is exposed before anything is awaited: messages that come earlier would be lost.

import { exposeEngineHost } from './protocol/comlink.ts';
import { WorkerEngineHost } from './worker/engine-host.ts';
import { isWasmThread, serveWasmThread } from './worker/wasm-threads.ts';

if (isWasmThread()) serveWasmThread();
else exposeEngineHost(new WorkerEngineHost());
