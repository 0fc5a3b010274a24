// Why WebGPU is missing and what exactly to do about it, per browser and system. Plain data, no DOM.
import type { Support } from 'sterna';

/** The browser families that need different steps. */
export type BrowserFamily = 'chromium' | 'firefox' | 'safari' | 'other';

/** The systems that need different steps. */
export type System = 'windows' | 'macos' | 'linux' | 'android' | 'ios' | 'other';

/** Steps for one browser. */
export interface BrowserSteps {
  readonly family: BrowserFamily;
  readonly title: string;
  readonly steps: readonly string[];
}

/** What to tell a person whose browser cannot run the model, or only slowly. */
export interface Advice {
  readonly title: string;
  readonly explanation: string;
  /** The person's own browser first; empty when no step helps. */
  readonly browsers: readonly BrowserSteps[];
}

/** Guesses the browser family from a user agent string; every iOS browser counts as Safari, whose engine it is. */
export function browserFamily(userAgent: string): BrowserFamily {
  if (systemOf(userAgent) === 'ios') return 'safari';
  if (/firefox\//i.test(userAgent)) return 'firefox';
  if (/chrome\/|chromium\/|edg\//i.test(userAgent)) return 'chromium';
  if (/safari\//i.test(userAgent)) return 'safari';
  return 'other';
}

/** Guesses the system from a user agent string. */
export function systemOf(userAgent: string): System {
  if (/iphone|ipad|ipod/i.test(userAgent)) return 'ios';
  if (/android/i.test(userAgent)) return 'android';
  if (/windows/i.test(userAgent)) return 'windows';
  if (/mac os x|macintosh/i.test(userAgent)) return 'macos';
  if (/linux|cros|x11/i.test(userAgent)) return 'linux';
  return 'other';
}

type Reason = NonNullable<Support['reason']>;

const WORDS: Readonly<Record<Reason, { title: string; explanation: string }>> = {
  'insecure-context': {
    title: 'This address is not secure, so the browser hides the GPU',
    explanation:
      'Browsers offer WebGPU only to pages that came over https://, or from this very computer. Open the page with https:// in front, or as http://localhost.',
  },
  'no-webgpu': {
    title: 'This browser does not offer WebGPU',
    explanation:
      'The model computes on your graphics processor through WebGPU. This browser is too old for it, or has it switched off.',
  },
  'no-adapter': {
    title: 'The browser found no graphics processor',
    explanation:
      'This browser knows WebGPU, but found no graphics processor that it is willing to use: its driver may be blocked, or graphics acceleration may be switched off.',
  },
  'cpu-adapter': {
    title: 'The browser offers no graphics processor',
    explanation:
      'WebGPU works in this browser, but computes on the main processor: graphics acceleration may be switched off.',
  },
  'no-worker': {
    title: 'This browser cannot start the model’s worker',
    explanation:
      'The model runs in a web worker of its own. The browser or an extension prevents that; try a private window without extensions.',
  },
};

/** What to tell a person for whom the model runs on the main processor, and why it does. */
export function adviceOnCpu(reason: Reason, userAgent: string): Advice {
  const cause =
    reason === 'no-webgpu'
      ? 'This browser does not offer WebGPU'
      : 'The browser found no graphics processor that it is willing to use';
  const explanation = `${cause}, so the model computes on the main processor. Small models answer quickly; large ones take much longer than on a graphics processor.`;
  return { ...adviceFor(reason, userAgent), title: 'Running on the CPU', explanation };
}

/**
 * What to tell a person.
 *
 * @param reason from `detectSupport()`
 * @param userAgent `navigator.userAgent`; decides which browser's steps come first
 */
export function adviceFor(reason: Reason, userAgent: string): Advice {
  const words = WORDS[reason];
  if (reason === 'insecure-context' || reason === 'no-worker') return { ...words, browsers: [] };
  const own = browserFamily(userAgent);
  const system = systemOf(userAgent);
  const all = [chromiumSteps(system), safariSteps(system), firefoxSteps(system)];
  const browsers = all.filter((entry) => entry !== null);
  return { ...words, browsers: browsers.sort((a, b) => Number(b.family === own) - Number(a.family === own)) };
}

function chromiumSteps(system: System): BrowserSteps | null {
  if (system === 'ios') return null;
  const steps = [
    system === 'android'
      ? 'Update to version 121 or newer; Android 12 or newer is needed.'
      : 'Update to version 113 or newer, and update the graphics driver.',
  ];
  if (system !== 'android') {
    steps.push(
      'Open chrome://settings/system (Edge: edge://settings/system), switch on “Use graphics acceleration when available”, restart the browser.',
    );
  }
  if (system === 'linux') {
    steps.push(
      'On Linux, open chrome://flags, set “Unsafe WebGPU Support” and “Vulkan” to Enabled, restart the browser.',
    );
    steps.push(
      'If that does not help, start it as: google-chrome --enable-unsafe-webgpu --enable-features=Vulkan',
    );
  }
  steps.push('chrome://gpu shows in the line “WebGPU” what the browser decided.');
  return { family: 'chromium', title: 'Chrome, Edge and other Chromium browsers', steps };
}

function safariSteps(system: System): BrowserSteps | null {
  if (system !== 'ios' && system !== 'macos' && system !== 'other') return null;
  const title = system === 'ios' ? 'iPhone and iPad (all browsers)' : 'Safari';
  const steps = ['Update to macOS 26, iOS 26 or iPadOS 26, or newer: their Safari has WebGPU switched on.'];
  steps.push(
    system === 'ios'
      ? 'On iOS 18: Settings, Apps, Safari, Advanced, Feature Flags, switch on WebGPU.'
      : 'On Safari 18: Settings, Advanced, “Show features for web developers”; then Feature Flags, switch on WebGPU.',
  );
  return { family: 'safari', title, steps };
}

function firefoxSteps(system: System): BrowserSteps | null {
  if (system === 'ios') return null;
  const isDefault = system === 'windows' || system === 'macos';
  const steps = [
    isDefault
      ? 'Update to version 145 or newer: it has WebGPU switched on (on a Mac, with Apple silicon).'
      : 'WebGPU is not switched on everywhere yet. Open about:config and set dom.webgpu.enabled to true.',
    'If it is still missing, open about:config, set gfx.webgpu.ignore-blocklist to true and restart the browser.',
    'about:support shows in the section “Graphics” what the browser decided.',
  ];
  return { family: 'firefox', title: 'Firefox', steps };
}
