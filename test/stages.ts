// The parts of `npm test`, in order: what each runs, in which environment, for how long, and what it needs.
import {
  type BrowserName,
  type Found,
  findBrowser,
  findVulkanDriver,
  type VulkanDriver,
  vulkanEnvironment,
} from './machine.ts';

/** One part of the test run: a process that writes its results to STERNA_RESULT_FILE. */
export interface Stage {
  /** For --only: `check`, `unit`, `gpu:llvmpipe`, `e2e:firefox:timed` ... */
  readonly id: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Reasons why it cannot run here; empty when it can. */
  readonly missing: readonly string[];
  /** True: the command writes no results; its exit code is the one result. */
  readonly isTool: boolean;
  /** True: it bounds times or takes every core itself, so that nothing may run beside it. */
  readonly runsAlone: boolean;
  /** True: it tests what `build` makes, so it begins after that one. */
  readonly needsBuild: boolean;
}

const MINUTE_MS = 60_000;
const DRIVERS: readonly VulkanDriver[] = ['llvmpipe', 'swiftshader'];
const BROWSERS: readonly BrowserName[] = ['chromium', 'firefox'];

/** Options of listStages. */
export interface StageOptions {
  /** For the kernel suites: runs only names that contain this. */
  readonly filter?: string;
}

/** Every stage, also those that cannot run here: what fails soonest first, and of those side by side the longest first. */
export function listStages({ filter }: StageOptions): Stage[] {
  const filterArguments = filter === undefined ? [] : [filter];
  return [
    tool('check', ['node', 'scripts/check.mjs'], 6),
    tool('build', ['npm', 'run', '--silent', 'build'], 5),
    {
      id: 'gpu:compile',
      command: ['node', 'scripts/run-ts.mjs', 'test/gpu/compile.ts'],
      env: {},
      timeoutMs: MINUTE_MS,
      missing: [],
      isTool: false,
      runsAlone: false,
      needsBuild: false,
    },
    {
      id: 'unit',
      command: [
        'node_modules/.bin/vitest',
        'run',
        '--reporter=default',
        '--reporter=./test/unit-reporter.ts',
      ],
      env: {},
      timeoutMs: 8 * MINUTE_MS,
      missing: [],
      isTool: false,
      runsAlone: true,
      needsBuild: false,
    },
    ...BROWSERS.map((browser) => endToEnd(browser, 'timed', 5)),
    onWasm('gpu:wasm', ['test/gpu/node.ts', 'wasm', ...filterArguments], 5),
    onWasm('gpu:wasm-relaxed', ['test/gpu/node.ts', 'wasm-relaxed', ...filterArguments], 5, RELAXED_FLAGS),
    onWasm('model:wasm', ['test/model/node.ts', 'wasm'], 10),
    onWasm('fixtures:wasm', ['test/model/fixtures.ts', 'wasm'], 10),
    onWasm('synthetic:wasm', ['test/model/synthetic.ts', 'wasm'], 10),
    onDawn('gpu:llvmpipe', 'llvmpipe', ['test/gpu/node.ts', 'llvmpipe', ...filterArguments], 25),
    ...BROWSERS.map((browser) =>
      inBrowser(`gpu:${browser}`, browser, ['test/gpu/browser.ts', browser, ...filterArguments], 25),
    ),
    onDawn('model:swiftshader', 'swiftshader', ['test/model/node.ts', 'swiftshader'], 20),
    onDawn('gpu:swiftshader', 'swiftshader', ['test/gpu/node.ts', 'swiftshader', ...filterArguments], 25),
    endToEnd('chromium', 'untimed', 10),
    onDawn('model:llvmpipe', 'llvmpipe', ['test/model/node.ts', 'llvmpipe'], 20),
    // On one driver only: compiling every kernel of every architecture takes SwiftShader too long.
    onDawn('synthetic:llvmpipe', 'llvmpipe', ['test/model/synthetic.ts', 'llvmpipe'], 12),
    endToEnd('firefox', 'untimed', 10),
    ...DRIVERS.map((driver) => onDawn(`fixtures:${driver}`, driver, ['test/model/fixtures.ts', driver], 12)),
    onDawn('long-context:llvmpipe', 'llvmpipe', ['test/model/long-context.ts', 'llvmpipe'], 8),
    // The kernels themselves run on every driver in gpu:; here the loads.
    onDawn('repack:llvmpipe', 'llvmpipe', ['test/model/repack.ts', 'llvmpipe'], 8),
  ];
}

/** The scenarios of the page that must have the machine to themselves, or the others. */
function endToEnd(browser: BrowserName, part: 'timed' | 'untimed', minutes: number): Stage {
  const stage = inBrowser(`e2e:${browser}:${part}`, browser, ['test/e2e/run.ts', browser, part], minutes);
  return { ...stage, runsAlone: part === 'timed', needsBuild: true };
}

function tool(id: string, command: readonly string[], minutes: number): Stage {
  return {
    id,
    command,
    env: {},
    timeoutMs: minutes * MINUTE_MS,
    missing: [],
    isTool: true,
    runsAlone: false,
    needsBuild: false,
  };
}

// Node 20 knows relaxed SIMD behind a flag, later ones without it.
const RELAXED_FLAGS =
  Number.parseInt(process.versions.node, 10) <= 20 ? ['--experimental-wasm-relaxed-simd'] : [];

function onWasm(
  id: string,
  program: readonly string[],
  minutes: number,
  flags: readonly string[] = [],
): Stage {
  return {
    id,
    command: ['node', ...flags, 'scripts/run-ts.mjs', ...program],
    env: { STERNA_TEST_ADAPTER: 'wasm' },
    timeoutMs: minutes * MINUTE_MS,
    missing: [],
    isTool: false,
    runsAlone: false,
    needsBuild: false,
  };
}

function onDawn(id: string, driver: VulkanDriver, program: readonly string[], minutes: number): Stage {
  const found = findVulkanDriver(driver);
  return {
    id,
    command: ['node', 'scripts/run-ts.mjs', ...program],
    env: 'path' in found ? vulkanEnvironment(found.path) : {},
    timeoutMs: minutes * MINUTE_MS,
    missing: reasons([found]),
    isTool: false,
    runsAlone: false,
    needsBuild: false,
  };
}

function inBrowser(id: string, browser: BrowserName, program: readonly string[], minutes: number): Stage {
  const needs = [findBrowser(browser), ...(browser === 'firefox' ? [findVulkanDriver('llvmpipe')] : [])];
  return {
    id,
    command: ['node', 'scripts/run-ts.mjs', ...program],
    env: {},
    timeoutMs: minutes * MINUTE_MS,
    missing: reasons(needs),
    isTool: false,
    runsAlone: false,
    needsBuild: false,
  };
}

function reasons(needs: readonly Found[]): string[] {
  return needs.flatMap((found) => ('missing' in found ? [found.missing] : []));
}
