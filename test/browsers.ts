// Starts the real browsers, headless, with WebGPU on a CPU adapter. One API for both (Puppeteer: CDP and WebDriver BiDi).
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, launch, type Page } from 'puppeteer-core';
import { type BrowserName, findBrowser, findVulkanDriver, required, vulkanEnvironment } from './machine.ts';

/** Options of startBrowser. */
export interface BrowserOptions {
  /** Profile folder to keep between starts. Default: a fresh one, deleted on close. */
  readonly profile?: string;
  /** False: start as on a machine without WebGPU. Default true. */
  readonly webgpu?: boolean;
}

/** A running browser. close() ends it and, if the profile was its own, deletes that. */
export interface RunningBrowser {
  readonly browser: Browser;
  readonly version: string;
  newPage(): Promise<Page>;
  /** A page that shares nothing with others: no store, no service worker. Gone with the browser. */
  newPrivatePage(): Promise<Page>;
  /** Ends the browser process at once, as a crash would. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-precise-memory-info',
];
const CHROMIUM_WEBGPU_FLAGS = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/** Time for one browser command in milliseconds: CPU adapters block the browser for long stretches. */
const PROTOCOL_TIMEOUT_MS = 300_000;

/** Starts a browser with an empty profile unless one is given. */
export async function startBrowser(name: BrowserName, options: BrowserOptions = {}): Promise<RunningBrowser> {
  const executablePath = required(findBrowser(name));
  const profile = options.profile ?? (await createProfile());
  const browser = await (name === 'chromium'
    ? launchChromium(executablePath, profile, options)
    : launchFirefox(executablePath, profile, options));
  const exited = new Promise<void>((resolve) => {
    const child = browser.process();
    if (!child || child.exitCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
  const removeProfile = async () => {
    if (options.profile === undefined) await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return {
    browser,
    version: await browser.version(),
    newPage: () => browser.newPage(),
    newPrivatePage: async () => (await browser.createBrowserContext()).newPage(),
    async kill() {
      browser.process()?.kill('SIGKILL');
      await exited;
      await browser.disconnect().catch(() => undefined);
      await removeProfile();
    },
    async close() {
      await Promise.race([browser.close().catch(() => undefined), delay(10_000)]);
      browser.process()?.kill('SIGKILL');
      await removeProfile();
    },
  };
}

/** An empty profile folder; whoever asks for it deletes it. */
export function createProfile(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), 'sterna-profile-'));
}

function launchChromium(executablePath: string, userDataDir: string, { webgpu = true }: BrowserOptions) {
  return launch({
    browser: 'chrome',
    executablePath,
    userDataDir,
    headless: true,
    protocolTimeout: PROTOCOL_TIMEOUT_MS,
    args: [...CHROMIUM_FLAGS, ...(webgpu ? CHROMIUM_WEBGPU_FLAGS : [])],
  });
}

function launchFirefox(executablePath: string, userDataDir: string, { webgpu = true }: BrowserOptions) {
  return launch({
    browser: 'firefox',
    executablePath,
    userDataDir,
    headless: true,
    protocolTimeout: PROTOCOL_TIMEOUT_MS,
    env: { ...process.env, ...vulkanEnvironment(required(findVulkanDriver('llvmpipe'))) },
    extraPrefsFirefox: {
      'dom.webgpu.enabled': webgpu,
      'gfx.webgpu.ignore-blocklist': true,
      'app.update.enabled': false,
      'browser.shell.checkDefaultBrowser': false,
      'dom.max_script_run_time': 0,
    },
  });
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
