// Lets the event loop turn once. The device computes while the caller waits, so without it a worker would hear no message
// (stop, another load) before the text is complete.

/** Resolves in a task of its own, after those that already wait. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    // Node's timers and message channels have costs that its own function has not; pages lack it.
    if (typeof setImmediate === 'function') {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
