// The benchmark page as a person uses it: a short run of a synthetic model, the result, its file imported again.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ElementHandle, Page } from 'puppeteer-core';
import type { BenchmarkReport } from '../../src/api/benchmark-types.ts';
import type { ChatPage } from './chat-page.ts';
import { expect, type Scenario } from './scenario.ts';

const RUN_TIMEOUT_MS = 240_000;
const POLL_MS = 250;

/** Scenario: link, run, result, stop, import and comparison. */
export const benchmarkPage: Scenario = {
  name: 'benchmark page',
  isTimed: false,
  begin(context) {
    let chat: ChatPage;
    return [
      {
        name: 'is linked from the chat page and says that it runs on the CPU',
        async run() {
          chat = await context.open(await context.start());
          await waitForText(chat.page, 'a[href="./bench.html"]', /Benchmark/);
          await Promise.all([
            chat.page.waitForNavigation({ waitUntil: 'domcontentloaded' }),
            chat.page.evaluate(() =>
              document.querySelector<HTMLAnchorElement>('a[href="./bench.html"]')?.click(),
            ),
          ]);
          const text = await waitForText(chat.page, '#device', /CPU/);
          expect(/running on the CPU/.test(text), `the page says "${text}"`);
        },
      },
      {
        name: 'measures a synthetic model',
        async run() {
          await fill(chat.page, { model: 'synthetic:sterna-chat', tests: 'pp16, tg16', repeats: '2' });
          await chat.page.click('.bench-setup button[type="submit"]');
          const text = await waitForText(chat.page, '.bench-result', /tg16/);
          expect(/Random weights/.test(text), 'the result does not say that the weights are random');
          expect(!/undefined|NaN|\[object/.test(text), `the result has a hole: ${text.slice(0, 400)}`);
          context.facts.benchmarkTg16 = /tg160([\d.]+)/.exec(text)?.[1] ?? 'not found';
          await context.picture(chat, 'benchmark');
        },
      },
      {
        name: 'stops a run at once',
        async run() {
          await fill(chat.page, { model: 'synthetic:sterna-chat', tests: 'tg512', repeats: '50' });
          await chat.page.click('.bench-setup button[type="submit"]');
          await waitForText(chat.page, '.load-phase', /Measuring tg512/);
          await chat.page.evaluate(() =>
            document.querySelector<HTMLButtonElement>('.bench-setup .actions .button:not(.primary)')?.click(),
          );
          const start = performance.now();
          for (;;) {
            const isReady = await chat.page.$eval(
              '.bench-setup .primary',
              (button) => !(button as HTMLElement).hidden,
            );
            if (isReady) break;
            expect(performance.now() - start < 30_000, 'the run did not stop within 30 s');
            await pause();
          }
        },
      },
      {
        name: 'measures the quality of the default model on a text',
        async run() {
          await chat.page.select('#bench-model', 'synthetic:sterna-chat');
          await waitForText(chat.page, '.bench-hint', /cannot read a text/);
          await chat.page.evaluate(() => {
            const list = document.querySelector<HTMLSelectElement>('#bench-model');
            const set = (id: string, value: string) => {
              const field = document.querySelector<HTMLInputElement | HTMLTextAreaElement>(id);
              if (field === null) throw new Error(`no field ${id}`);
              field.value = value;
              field.dispatchEvent(new Event('input'));
            };
            if (list === null) throw new Error('no list of models');
            list.selectedIndex = 0;
            list.dispatchEvent(new Event('change'));
            const text = document.querySelector<HTMLTextAreaElement>('#quality-text')?.value ?? '';
            set('#quality-text', text.slice(0, 400));
            set('#quality-window', '32');
          });
          await chat.page.click('#quality button[type="submit"]');
          const text = await waitForText(chat.page, '.bench-quality', /Bits per byte/);
          expect(!/undefined|NaN|\[object/.test(text), `the table has a hole: ${text.slice(0, 400)}`);
          const [perByte] = await chat.page.$$eval('.bench-quality td', (cells) =>
            cells.map(({ textContent }) => Number(textContent)),
          );
          // A uniform guess among bytes is 8 bits per byte; a model of English is far below.
          expect(perByte > 0 && perByte < 6, `the default model needs ${perByte} bits per byte`);
          context.facts.qualityBitsPerByte = perByte;
          await context.picture(chat, 'benchmark-quality');
        },
      },
      {
        name: 'imports results, refuses damaged ones, and compares',
        async run() {
          const folder = mkdtempSync(path.join(tmpdir(), 'sterna-results-'));
          try {
            await importFile(chat.page, folder, 'other.json', JSON.stringify(otherReport()));
            const table = await waitForText(chat.page, '.bench-overview', /side by side/);
            expect(/other-model/.test(table), `the comparison lacks the imported result: ${table}`);
            await importFile(
              chat.page,
              folder,
              'bad.json',
              JSON.stringify({ ...otherReport(), tests: 'none' }),
            );
            await waitForText(chat.page, '.notice.error', /damaged: result.tests is no list/);
            await context.picture(chat, 'benchmark-comparison');
          } finally {
            rmSync(folder, { recursive: true, force: true });
          }
        },
      },
    ];
  },
};

async function fill(page: Page, values: { model: string; tests: string; repeats: string }): Promise<void> {
  await page.select('#bench-model', values.model);
  await page.evaluate(({ tests, repeats }) => {
    const set = (id: string, value: string) => {
      const field = document.querySelector<HTMLInputElement>(id);
      if (field === null) throw new Error(`no field ${id}`);
      field.value = value;
      field.dispatchEvent(new Event('input'));
    };
    set('#bench-tests', tests);
    set('#bench-depths', '0');
    set('#bench-repeats', repeats);
  }, values);
}

async function importFile(page: Page, folder: string, name: string, text: string): Promise<void> {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  const input = (await page.$('input[accept=".json"]')) as ElementHandle<HTMLInputElement> | null;
  expect(input !== null, 'there is no field for results');
  await input.uploadFile(file);
}

/** Polls from outside, since the CSP forbids injected waiting code; an error on the page ends the wait. */
async function waitForText(page: Page, selector: string, pattern: RegExp): Promise<string> {
  const start = performance.now();
  for (;;) {
    const [text, error] = await page.evaluate(
      (wanted) => [wanted, '.notice.error'].map((name) => document.querySelector(name)?.textContent ?? ''),
      selector,
    );
    if (pattern.test(text)) return text;
    if (error !== '' && selector !== '.notice.error') throw new Error(`the page shows the error: ${error}`);
    if (performance.now() - start > RUN_TIMEOUT_MS)
      throw new Error(`${selector} shows "${text}", not ${pattern}`);
    await pause();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

/** A sound file of another device. */
function otherReport(): BenchmarkReport {
  const summary = { median: 100, p10: 90, p90: 110, minimum: 80, maximum: 120, repeats: 5 };
  const bounds = { dispatchesPerLayer: 12, dispatchesBesideLayers: 5, submits: 1, readBacks: 0.25 };
  return {
    format: 'sterna-benchmark',
    version: 1,
    date: '2026-01-02T03:04:05.000Z',
    commit: 'abc',
    runtime: 'another browser',
    device: {
      adapter: {
        vendor: 'maker',
        architecture: '',
        device: '',
        description: '',
        driver: '',
        isFallback: false,
      },
      packedDot: 'hardware',
      features: [],
      choices: [],
    },
    model: {
      id: 'other-model',
      name: 'Other model',
      synthetic: false,
      architecture: 'qwen3',
      parameters: 1e6,
      layers: 2,
      contextLength: 1024,
      activations: 'int8',
      weightsBytes: 1e6,
      kvCacheBytes: 1e6,
    },
    ceilings: { copyBytesPerSecond: 1e11, dispatchSeconds: 2e-6, readBackSeconds: 1e-4 },
    tests: [{ name: 'tg16', kind: 'decode', tokens: 16, depth: 0, tokensPerSecond: summary }],
    skipped: [],
    counts: {
      mode: 'int8',
      dispatches: 29,
      ...bounds,
      created: 0,
      written: 0,
      countedTokens: 40,
      budget: bounds,
    },
    tokenTime: null,
    kernelMethod: null,
    kernels: [],
  };
}
