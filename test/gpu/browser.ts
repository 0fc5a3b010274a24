// The kernel suite in a real browser: node scripts/run-ts.mjs test/gpu/browser.ts chromium|firefox [FILTER]
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { startBrowser } from '../browsers.ts';
import { startServer } from '../e2e/server.ts';
import type { BrowserName } from '../machine.ts';
import { report, summarize } from '../report.ts';
import type { PageSuite } from './page.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
/**
 * For the page. Chromium compiles with Tint for SwiftShader, as gpu:swiftshader does: of one source the SPIR-V is the same,
 * but a pipeline takes twice as long, since the browser's allocator maps and clears every large block of memory anew.
 * Firefox translates by naga, which the first pipeline of each variant shows; further values of its overrides reach the
 * same code of the same driver.
 */
const PAGE_OPTIONS: Readonly<Record<BrowserName, Readonly<Record<string, string>>>> = {
  chromium: {
    onlyFirstPipelines: 'gpu:swiftshader, with the same compiler and driver, runs these overrides',
  },
  firefox: {
    onlyFirstPipelines: 'gpu:llvmpipe, on the same driver, runs these overrides',
  },
};
const POLL_MS = 500;
/** Without a new record for this long, the page hangs. The slowest case on SwiftShader takes seconds. */
const STALL_MS = 120_000;

async function buildPage(outDir: string): Promise<void> {
  await build({
    root: FOLDER,
    configFile: false,
    base: './',
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      minify: false,
      rollupOptions: { input: `${FOLDER}page.html` },
    },
  });
}

/** Runs the suite; the exit code is 0 when nothing failed. */
export async function main([name = 'chromium', filter = '']: string[]): Promise<number> {
  const browserName = name as BrowserName;
  const outDir = fileURLToPath(new URL(`../../.cache/gpu-page-${browserName}`, import.meta.url));
  await buildPage(outDir);
  const server = await startServer({ folders: { '/': outDir } });
  const running = await startBrowser(browserName);
  const started = performance.now();
  try {
    const page = await running.newPage();
    const crashes: string[] = [];
    page.on('pageerror', (error) => crashes.push(String(error)));
    const options = new URLSearchParams({ filter, ...PAGE_OPTIONS[browserName] });
    await page.goto(`${server.url}page.html?${options}`);
    const read = () =>
      page.evaluate(() => (window as unknown as { kernelSuite?: PageSuite }).kernelSuite ?? null);
    // The records come over once, at the end: thousands of them twice a second would slow down what is tested.
    const readCount = () =>
      page.evaluate(() => {
        const { kernelSuite } = window as unknown as { kernelSuite?: PageSuite };
        return { count: kernelSuite?.records.length ?? 0, finished: kernelSuite?.finished ?? false };
      });
    const suite = await waitForSuite(readCount, read);
    const records = suite.records.map(({ op, variant, case: caseName, status, detail }) => ({
      name: `${op}/${variant}: ${caseName}`,
      status,
      detail,
    }));
    for (const detail of [suite.error, ...crashes]) {
      if (detail !== null) records.push({ name: 'the page', status: 'failed', detail });
    }
    const facts = {
      browser: running.version,
      adapter: suite.adapter,
      features: suite.features,
      seconds: Math.round((performance.now() - started) / 1000),
    };
    return await report([summarize('kernels', browserName, records, facts)]);
  } finally {
    await running.close();
    await server.close();
  }
}

async function waitForSuite(
  readCount: () => Promise<{ count: number; finished: boolean }>,
  read: () => Promise<PageSuite | null>,
): Promise<PageSuite> {
  let count = -1;
  let changedAt = performance.now();
  for (;;) {
    const now = await readCount();
    if (now.count !== count) {
      count = now.count;
      changedAt = performance.now();
    }
    const stalled = performance.now() - changedAt > STALL_MS;
    if (now.finished || stalled) {
      const suite = await read();
      if (suite?.finished) return suite;
      const records = suite?.records ?? [];
      const last = records.at(-1);
      const after = last ? `${last.op}/${last.variant}: ${last.case}` : 'the start';
      return {
        records,
        adapter: suite?.adapter ?? '',
        features: suite?.features ?? '',
        finished: true,
        error: suite?.error ?? `no result for ${STALL_MS / 1000} s after ${after}`,
      };
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
