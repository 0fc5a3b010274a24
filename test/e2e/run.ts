// End-to-end tests of the production build in a real browser: node scripts/run-ts.mjs test/e2e/run.ts BROWSER [SCENARIO]
// SCENARIO: part of a name, or `timed` or `untimed` for those that must, or need not, have the machine to themselves.
// Needs `npm run build` first. Pictures: test-results/pictures/.
import { existsSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { startBrowser } from '../browsers.ts';
import type { BrowserName } from '../machine.ts';
import { report, type StatusRecord, summarize } from '../report.ts';
import { benchmarkPage } from './benchmark-page.ts';
import { firstVisit } from './first-visit.ts';
import { interruptedLoad } from './interrupted-load.ts';
import { modelPicker } from './model-picker.ts';
import { badModelFiles } from './refusals.ts';
import { runScenario, type Scenario } from './scenario.ts';
import { startServer } from './server.ts';
import { withoutWebGpu } from './without-gpu.ts';

const BUILD_FOLDER = fileURLToPath(new URL('../../dist-page', import.meta.url));
const PICTURES_FOLDER = fileURLToPath(new URL('../../test-results/pictures', import.meta.url));
const SCENARIOS: readonly Scenario[] = [
  firstVisit,
  interruptedLoad,
  modelPicker,
  badModelFiles,
  withoutWebGpu,
  benchmarkPage,
];

/** Runs the scenarios that the argument selects; each on a fresh server and a fresh profile. */
export async function main([browser = 'chromium', filter = '']: string[]): Promise<number> {
  if (!existsSync(`${BUILD_FOLDER}/index.html`)) {
    console.error('No production build: dist-page/index.html is missing. Run npm run build.');
    return 1;
  }
  mkdirSync(PICTURES_FOLDER, { recursive: true });
  const browserName = browser as BrowserName;
  const facts: Record<string, string | number> = { browser: await browserVersion(browserName) };
  const records: StatusRecord[] = [];
  for (const scenario of selectScenarios(filter)) {
    const server = await startServer({ folders: { '/': BUILD_FOLDER }, headers: scenario.headers });
    try {
      const setting = {
        browserName,
        server,
        buildFolder: BUILD_FOLDER,
        picturesFolder: PICTURES_FOLDER,
        facts,
      };
      const remove = (folder: string) => rm(folder, { recursive: true, force: true, maxRetries: 5 });
      records.push(...(await runScenario(scenario, { ...setting, remove })));
    } finally {
      await server.close();
    }
  }
  return report([summarize('end to end', browserName, records, facts)]);
}

function selectScenarios(filter: string): Scenario[] {
  if (filter === 'timed' || filter === 'untimed') {
    return SCENARIOS.filter(({ isTimed }) => isTimed === (filter === 'timed'));
  }
  return SCENARIOS.filter(({ name }) => name.includes(filter));
}

async function browserVersion(name: BrowserName): Promise<string> {
  const running = await startBrowser(name);
  await running.close();
  return running.version;
}
