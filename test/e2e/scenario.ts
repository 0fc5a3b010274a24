// The frame of an end-to-end scenario: steps in order, each one a result; after a failed step the rest are skipped.
import { readFileSync } from 'node:fs';
import { createProfile, type RunningBrowser, startBrowser } from '../browsers.ts';
import type { BrowserName } from '../machine.ts';
import type { StatusRecord } from '../report.ts';
import { ChatPage } from './chat-page.ts';
import type { TestServer } from './server.ts';

/** What a step has at hand. */
export interface ScenarioContext {
  readonly browserName: BrowserName;
  readonly server: TestServer;
  /** The model that the page loads by default, as the production build serves it. */
  readonly model: {
    readonly manifestPath: string;
    readonly weightsPath: string;
    readonly manifest: Manifest;
  };
  /** The production build's folder. */
  readonly buildFolder: string;
  /** Figures for the report. */
  readonly facts: Record<string, string | number>;
  /** Starts the browser with this scenario's profile (kept between starts of one scenario). */
  start(options?: { readonly webgpu?: boolean }): Promise<RunningBrowser>;
  /** Opens the chat page in a new tab; the problems of every tab are checked at the end. */
  open(running: RunningBrowser, options?: OpenOptions): Promise<ChatPage>;
  /** Saves a picture under test-results/. */
  picture(chat: ChatPage, name: string): Promise<void>;
}

/** How a tab is opened. */
export interface OpenOptions {
  /** In a private window. Default false. */
  readonly isPrivate?: boolean;
  /** What shall compute. Default: what the page chooses, which is WebAssembly where no GPU is. */
  readonly backend?: 'webgpu' | 'wasm';
}

/** The parts of the manifest that tests need. */
export interface Manifest {
  readonly url: string;
  readonly sizeBytes: number;
  readonly chunkBytes?: number;
}

/** Thrown by a step that does not apply in this browser. */
export class NotApplicable extends Error {}

/** One step; it throws when something is wrong. */
export interface Step {
  readonly name: string;
  run(): Promise<void>;
}

/** A scenario: its steps share what `begin` sets up. */
export interface Scenario {
  readonly name: string;
  /** True: a bound in it is tight enough that it must have the machine to itself. */
  readonly isTimed: boolean;
  /** Headers of every answer of its server. Default none, as of a plain host of files. */
  readonly headers?: Readonly<Record<string, string>>;
  begin(context: ScenarioContext): Step[];
}

/** The default model of a production build. */
export function defaultModel(buildFolder: string): ScenarioContext['model'] {
  const manifestPath = '/models/sterna-chat/manifest.json';
  const manifest: Manifest = JSON.parse(readFileSync(buildFolder + manifestPath, 'utf8'));
  return {
    manifestPath,
    manifest,
    weightsPath: new URL(manifest.url, `http://local${manifestPath}`).pathname,
  };
}

/** What runScenario needs from its caller. */
export interface ScenarioSetting {
  readonly browserName: BrowserName;
  readonly server: TestServer;
  readonly buildFolder: string;
  readonly picturesFolder: string;
  readonly facts: Record<string, string | number>;
  /** Deletes a profile folder. */
  remove(folder: string): Promise<void>;
}

/** Runs one scenario with a profile of its own, then closes every browser that it started. */
export async function runScenario(scenario: Scenario, setting: ScenarioSetting): Promise<StatusRecord[]> {
  const { browserName, server, buildFolder, facts } = setting;
  const profile = await createProfile();
  const browsers: RunningBrowser[] = [];
  const pages: ChatPage[] = [];
  const context: ScenarioContext = {
    browserName,
    server,
    buildFolder,
    facts,
    model: defaultModel(buildFolder),
    async start(options = {}) {
      const running = await startBrowser(browserName, { ...options, profile });
      browsers.push(running);
      return running;
    },
    async open(running, { isPrivate = false, backend } = {}) {
      const page = await (isPrivate ? running.newPrivatePage() : running.newPage());
      const query = backend === undefined ? '' : `?backend=${backend}`;
      const chat = await ChatPage.open(page, server.url + query);
      pages.push(chat);
      return chat;
    },
    picture: (chat, name) => chat.screenshot(`${setting.picturesFolder}/${browserName}-${name}.png`),
  };
  const records: StatusRecord[] = [];
  let broken: string | null = null;
  for (const step of scenario.begin(context)) {
    const name = `${scenario.name}: ${step.name}`;
    const started = performance.now();
    const outcome: Pick<StatusRecord, 'status' | 'detail'> =
      broken === null ? await runStep(step) : { status: 'skipped', detail: `step "${broken}" failed` };
    if (outcome.status === 'failed') broken = step.name;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`  ${outcome.status.padEnd(7)} ${name} (${seconds} s) ${outcome.detail}`);
    records.push({ name, ...outcome });
  }
  if (broken !== null) {
    const last = pages.at(-1);
    await last
      ?.screenshot(`${setting.picturesFolder}/${browserName}-failed-${fileName(scenario.name)}.png`)
      .catch(() => undefined);
  }
  const problems = pages.flatMap((chat) => chat.problems);
  records.push({
    name: `${scenario.name}: no CSP violation and no uncaught error`,
    status: problems.length === 0 ? 'passed' : 'failed',
    detail: problems.join('; '),
  });
  for (const running of browsers) await running.close();
  await setting.remove(profile);
  return records;
}

async function runStep(step: Step): Promise<Pick<StatusRecord, 'status' | 'detail'>> {
  try {
    await step.run();
    return { status: 'passed', detail: '' };
  } catch (error) {
    if (error instanceof NotApplicable) return { status: 'skipped', detail: error.message };
    return { status: 'failed', detail: error instanceof Error ? error.message : String(error) };
  }
}

function fileName(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

/** Throws unless the condition holds. */
export function expect(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
