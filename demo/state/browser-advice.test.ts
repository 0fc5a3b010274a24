import { describe, expect, it } from 'vitest';
import { adviceFor, adviceOnCpu, browserFamily, systemOf } from './browser-advice.ts';

const AGENTS = {
  chromeLinux:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36',
  edgeWindows:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36 Edg/149.0.0.0',
  chromeAndroid:
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Mobile Safari/537.36',
  firefoxLinux: 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
  safariMac:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15',
  chromeIphone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/149.0 Mobile/15E148 Safari/604.1',
};

describe('browserFamily and systemOf', () => {
  it.each([
    ['chromeLinux', 'chromium', 'linux'],
    ['edgeWindows', 'chromium', 'windows'],
    ['chromeAndroid', 'chromium', 'android'],
    ['firefoxLinux', 'firefox', 'linux'],
    ['safariMac', 'safari', 'macos'],
    ['chromeIphone', 'safari', 'ios'],
  ] as const)('recognises %s as %s on %s', (agent, family, system) => {
    expect(browserFamily(AGENTS[agent])).toBe(family);
    expect(systemOf(AGENTS[agent])).toBe(system);
  });

  it('says other for what it does not know', () => {
    expect(browserFamily('curl/8')).toBe('other');
    expect(systemOf('curl/8')).toBe('other');
  });
});

describe('adviceFor', () => {
  it.each(Object.entries(AGENTS))('puts the own browser first: %s', (_name, agent) => {
    const [first] = adviceFor('no-webgpu', agent).browsers;
    expect(first.family).toBe(browserFamily(agent));
    expect(first.steps.length).toBeGreaterThan(0);
  });

  it('names the flags on Linux, and only there', () => {
    const stepsOf = (agent: string): string => JSON.stringify(adviceFor('no-adapter', agent).browsers);
    expect(stepsOf(AGENTS.chromeLinux)).toContain('chrome://flags');
    expect(stepsOf(AGENTS.edgeWindows)).not.toContain('chrome://flags');
  });

  it('offers on iOS only Safari, because every browser there is built on it', () => {
    expect(adviceFor('no-webgpu', AGENTS.chromeIphone).browsers.map((entry) => entry.family)).toEqual([
      'safari',
    ]);
  });

  it('has no browser steps where no setting of the browser helps', () => {
    expect(adviceFor('insecure-context', AGENTS.chromeLinux).browsers).toEqual([]);
    expect(adviceFor('insecure-context', AGENTS.chromeLinux).explanation).toContain('https://');
  });
});

describe('adviceOnCpu', () => {
  it('says why the main processor computes, with the steps that change it', () => {
    const without = adviceOnCpu('no-webgpu', AGENTS.chromeLinux);
    expect(without.explanation).toMatch(/does not offer WebGPU.*main processor/);
    expect(without.browsers).toEqual(adviceFor('no-webgpu', AGENTS.chromeLinux).browsers);
    expect(adviceOnCpu('cpu-adapter', AGENTS.chromeLinux).explanation).toMatch(/found no graphics processor/);
  });
});
