// Frames that an animated page shows while long prompts are prefilled, friendly and fast, in a real browser.
//   node scripts/run-ts.mjs bench/frames/run.ts [--model MANIFEST-URL | --synthetic bitnet-2b [--layers N]] [--tokens 2048]
//     [--repeats 3] [--modes friendly,fast] [--browser chromium|firefox] [--executable PATH] [--flag=--x ...] [--out FILE]
// Needs the built package (npm run build). On SwiftShader GPU and page share the cores, so frames are late in any mode.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Summary } from '../../src/api/benchmark-types.ts';
import type { AdapterSummary } from '../../src/api/types.ts';
import { serve, start, TIMEOUT_MS } from '../browser/browser.ts';
import { type FrameTimes, frameTimes } from './frame-times.ts';

interface Run {
  readonly mode: string;
  readonly frames: readonly number[];
  readonly tokensPerSecond: Summary;
  readonly adapter: AdapterSummary;
  readonly model: string;
  readonly layers: number;
}

type Report =
  | { readonly ok: true; readonly idle: readonly number[]; readonly runs: readonly Run[] }
  | { readonly ok: false; readonly error: string };

function readArguments(args: string[]) {
  return parseArgs({
    args,
    options: {
      browser: { type: 'string', default: 'chromium' },
      executable: { type: 'string' },
      flag: { type: 'string', multiple: true, default: [] },
      root: { type: 'string', default: process.cwd() },
      model: { type: 'string' },
      synthetic: { type: 'string' },
      layers: { type: 'string' },
      tokens: { type: 'string', default: '2048' },
      repeats: { type: 'string', default: '3' },
      modes: { type: 'string', default: 'friendly,fast' },
      out: { type: 'string' },
    },
  }).values;
}

function queryOf(values: ReturnType<typeof readArguments>): string {
  const names = ['model', 'synthetic', 'layers', 'tokens', 'repeats', 'modes'] as const;
  const given = names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]]));
  return new URLSearchParams(given).toString();
}

function line(name: string, times: FrameTimes, speed?: Summary): string {
  const { frames, median, p99, longest, dropped, histogram } = times;
  const counts = histogram.map(
    ({ upToMs, count }) => `${upToMs === null ? 'more' : `<= ${upToMs}`}: ${count}`,
  );
  const rate = speed ? `; ${speed.median.toFixed(0)} tokens/s` : '';
  const [mid, high, most] = [median, p99, longest].map((ms) => ms.toFixed(1));
  return `${name.padEnd(9)} ${frames} frames, median ${mid} ms, 99 % ${high} ms, longest ${most} ms, dropped ${dropped} (${counts.join(', ')})${rate}`;
}

/** Measures, prints a line per mode, and writes a record where --out says. */
export async function main(args: string[]): Promise<number> {
  const values = readArguments(args);
  const server = await serve(path.resolve(values.root));
  const browser = await start(values);
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.port}/bench/frames/index.html?${queryOf(values)}`);
    await page.waitForFunction(() => document.getElementById('report')?.textContent !== 'running', {
      timeout: TIMEOUT_MS,
      polling: 250,
    });
    const text = await page.$eval('#report', (element) => element.textContent ?? '');
    const report = JSON.parse(text) as Report;
    if (!report.ok) throw new Error(report.error);
    const { adapter, model, layers } = report.runs[0];
    console.log(
      `${await browser.version()}, ${adapter.description || adapter.device || adapter.vendor}${adapter.isFallback ? ' (the CPU)' : ''}; ${model}, ${layers} layers; prompts of ${values.tokens} tokens`,
    );
    const idle = frameTimes(report.idle);
    console.log(line('idle', idle));
    const runs = report.runs.map(({ mode, frames, tokensPerSecond }) => {
      const times = frameTimes(frames);
      console.log(line(mode, times, tokensPerSecond));
      return { mode, tokensPerSecond, ...times };
    });
    if (values.out) {
      const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`;
      const record = {
        date: new Date().toISOString(),
        browser: await browser.version(),
        cpu: machine,
        adapter,
        model,
        layers,
        tokens: Number(values.tokens),
        idle,
        runs,
      };
      writeFileSync(values.out, `${JSON.stringify(record, null, 2)}\n`);
    }
  } finally {
    await browser.close();
    server.close();
  }
  return 0;
}
