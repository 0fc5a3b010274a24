// Starts the browser of a run, with WebGPU switched on.
import { type Browser, launch } from 'puppeteer-core';

/** How to start it. */
export interface BrowserOptions {
  /** `chromium` or `firefox`. */
  readonly browser: string;
  /** Default: where Debian's package puts it. */
  readonly executable?: string;
  /** Flags separated by spaces. Default for Chromium: WebGPU on SwiftShader. */
  readonly flags?: string;
  /** Longest wait for one answer of the browser. */
  readonly timeoutMs: number;
}

const EXECUTABLES: Readonly<Record<string, string>> = {
  chromium: '/usr/bin/chromium',
  firefox: '/usr/bin/firefox-esr',
};

const SWIFTSHADER = '--enable-unsafe-webgpu --use-webgpu-adapter=swiftshader';

/** A headless browser; the caller closes it. */
export function startBrowser({ browser, executable, flags, timeoutMs }: BrowserOptions): Promise<Browser> {
  const executablePath = executable ?? EXECUTABLES[browser];
  const list = (text: string): string[] => text.split(/\s+/).filter(Boolean);
  if (browser === 'firefox') {
    return launch({
      browser: 'firefox',
      executablePath,
      headless: true,
      args: list(flags ?? ''),
      extraPrefsFirefox: { 'dom.webgpu.enabled': true, 'gfx.webgpu.ignore-blocklist': true },
      protocolTimeout: timeoutMs,
    });
  }
  return launch({
    browser: 'chrome',
    executablePath,
    headless: true,
    args: ['--no-sandbox', '--no-first-run', '--disable-quic', ...list(flags ?? SWIFTSHADER)],
    protocolTimeout: timeoutMs,
  });
}
