// Measures Sterna beside other engines in a real browser, all in the same page and the same minutes, and writes a record.
//   node scripts/run-ts.mjs bench/peers/run.ts [--browser chromium|firefox] [--executable PATH] [--flags "--x --y"]
//     [--device NAME] [--preset cpu|gpu] [--only products|models] [--without transformers.js] [--no-install] [--out FILE]
// Installs the peers (npm ci) unless they are there; --no-install never tries, for machines without a network.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'puppeteer-core';
import { startBrowser } from './browser.ts';
import { writePeerModel } from './model-files.ts';
import { buildPage } from './page-build.ts';
import { PRESETS } from './presets.ts';
import { type ModelResult, PEERS_VERSION, type PeersRecord, type ProductResult } from './records.ts';
import { serveFolders } from './serve.ts';

const HERE = 'bench/peers';
/** Silence of the page after which a part counts as failed. */
const PART_TIMEOUT_MS = 1_800_000;

function readArguments(args: string[]) {
  return parseArgs({
    args,
    options: {
      browser: { type: 'string', default: 'chromium' },
      executable: { type: 'string' },
      flags: { type: 'string' },
      device: { type: 'string' },
      preset: { type: 'string', default: 'cpu' },
      only: { type: 'string' },
      without: { type: 'string', default: '' },
      'no-install': { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  }).values;
}

function install(folder: string, allowed: boolean): void {
  if (existsSync(path.join(folder, 'node_modules/onnxruntime-web/package.json'))) return;
  if (!allowed) throw new Error(`${folder}/node_modules is missing; run npm ci --ignore-scripts there.`);
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'inherit',
  });
}

function peerVersions(folder: string): Record<string, string> {
  const { dependencies } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return Object.fromEntries(
    Object.keys(dependencies).map((name) => {
      const file = path.join(folder, 'node_modules', name, 'package.json');
      return [name, JSON.parse(readFileSync(file, 'utf8')).version];
    }),
  );
}

type Query = Readonly<Record<string, string | number>>;

/** One visit to the page. @throws Error with the page's own message */
async function visit<Result>(page: Page, port: number, query: Query): Promise<Result> {
  const search = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]));
  await page.goto(`http://127.0.0.1:${port}/index.html?${search}`);
  await page.waitForFunction(() => document.getElementById('report')?.textContent !== '', {
    timeout: PART_TIMEOUT_MS,
    polling: 500,
  });
  const text = await page.$eval('#report', (element) => element.textContent ?? '');
  const report = JSON.parse(text);
  if (!report.ok) throw new Error(`${search}: ${report.error}`);
  return report.result;
}

/** Measures what the preset lists, prints progress, writes the record. */
export async function main(args: string[]): Promise<number> {
  const values = readArguments(args);
  const root = process.cwd();
  const folder = path.join(root, HERE);
  const cache = path.join(root, '.cache/peers');
  const preset = PRESETS[values.preset];
  if (!preset) throw new Error(`--preset is ${values.preset}; one of ${Object.keys(PRESETS)} is needed`);
  install(folder, !values['no-install']);
  await buildPage(root, path.join(cache, 'page'));
  const models = values.only === 'products' ? [] : preset.models;
  for (const model of models) await writePeerModel(model, path.join(cache, 'models'));
  const server = await serveFolders({
    '/': path.join(cache, 'page'),
    '/peers/': path.join(folder, 'node_modules'),
    '/models/': path.join(cache, 'models'),
  });
  const browser = await startBrowser({ ...values, timeoutMs: PART_TIMEOUT_MS });
  try {
    const page = await browser.newPage();
    page.on('console', (message) => {
      if (message.text().startsWith('bench: ')) console.error(message.text());
    });
    const load = Number(loadavg()[0].toFixed(1));
    const limits = { rounds: preset.rounds, seconds: preset.maxSeconds };
    const { device, commit, crossOriginIsolated } = await visit<PeersRecord>(page, server.port, {
      part: 'device',
    });
    const products: ProductResult[] = [];
    const results: ModelResult[] = [];
    const date = new Date().toISOString();
    const record: PeersRecord = {
      format: 'sterna-peers',
      version: PEERS_VERSION,
      date,
      commit,
      browser: await browser.version(),
      machine: values.device ?? 'two-cores',
      cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
      load,
      device,
      crossOriginIsolated,
      packages: peerVersions(folder),
      products,
      models: results,
    };
    const part = values.only ? `-${values.only}` : '';
    const name = `${date.slice(0, 10)}-${values.device ?? 'two-cores'}-${values.browser}-${device.adapter.architecture || device.adapter.vendor}${part}`;
    const out = values.out ?? path.join(folder, 'results', `${name}.json`);
    mkdirSync(path.dirname(out), { recursive: true });
    // After every part: a run that is broken off leaves what it has measured.
    const save = () => writeFileSync(out, `${JSON.stringify(record, null, 2)}\n`);
    for (const { folder: model, promptTokens, newTokens } of models) {
      const sizes = { folder: model, prompt: promptTokens, tokens: newTokens };
      const query = {
        part: 'model',
        ...sizes,
        ...limits,
        thorough: preset.thorough ? 1 : 0,
        without: values.without,
      };
      results.push(await visit(page, server.port, query));
      save();
    }
    for (const shape of values.only === 'models' ? [] : preset.products) {
      products.push(await visit(page, server.port, { part: 'product', ...shape, ...limits }));
      save();
    }
    console.log(out);
  } finally {
    await browser.close();
    server.close();
  }
  return 0;
}
