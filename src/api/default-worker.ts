// Starts the packaged worker. Alone in its file, since builds treat it specially: bundlers recognise the literal
// `new Worker(new URL(...))`, and the published package has worker.js beside index.js instead.

/** @returns a new module worker that runs src/worker.ts; the caller terminates it */
export function createDefaultWorker(): Worker {
  return new Worker(new URL('../worker.ts', import.meta.url), { type: 'module', name: 'sterna' });
}
