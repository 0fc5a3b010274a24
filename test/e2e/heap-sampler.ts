// Peak JavaScript memory of a page and its workers, by sampling: the heap in use plus the array buffers and strings
// that V8 keeps outside it (Runtime.getHeapUsage of the DevTools protocol). Chromium only; other browsers tell nothing.
// A sample needs the thread to come back to its event loop, so memory held only between two awaits can be missed.
import type { CDPSession, Page } from 'puppeteer-core';

const SAMPLE_EVERY_MS = 25;

/** Sampling in progress. */
export interface HeapSampling {
  /** Ends it. Bytes of the largest sum over page and workers, and how many sums were taken. */
  stop(): Promise<{ peakBytes: number; samples: number }>;
}

interface HeapUsage {
  readonly usedSize: number;
  readonly backingStorageSize?: number;
}

/** Begins to sample a Chromium page and the dedicated workers that it has or starts. */
export async function sampleHeap(page: Page): Promise<HeapSampling> {
  const pageSession: CDPSession = await page.createCDPSession();
  let peakBytes = 0;
  let samples = 0;
  let running = true;
  const sample = async () => {
    const sessions = [pageSession, ...page.workers().map((worker) => worker.client)];
    const usages = await Promise.all(sessions.map((session) => heapBytes(session)));
    peakBytes = Math.max(
      peakBytes,
      usages.reduce((sum, bytes) => sum + bytes, 0),
    );
    samples++;
  };
  const loop = (async () => {
    while (running) {
      await sample();
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_EVERY_MS));
    }
  })();
  return {
    async stop() {
      running = false;
      await loop;
      await pageSession.detach().catch(() => undefined);
      return { peakBytes, samples };
    },
  };
}

/** A worker may end between listing and asking; it then counts as empty. */
async function heapBytes(session: CDPSession): Promise<number> {
  try {
    const usage = (await session.send('Runtime.getHeapUsage')) as HeapUsage;
    return usage.usedSize + (usage.backingStorageSize ?? 0);
  } catch {
    return 0;
  }
}
