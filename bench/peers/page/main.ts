// The page that run.ts drives: one part of a run per visit, its result as JSON in #report.
// ?part=device | ?part=product&rows=&columns=&tokens=&copies= | ?part=model&folder=&prompt=&tokens=, and &rounds=&seconds=
import { acquireDevice } from '../../../src/gpu/device.ts';
import { describeDevice } from '../../../src/runtime/benchmark/describe-device.ts';
import { BUILD_COMMIT } from '../../../src/util/build-commit.ts';
import { benchModels } from './model-bench.ts';
import { benchProducts } from './product-bench.ts';

const query = new URLSearchParams(location.search);
const number = (name: string): number => Number(query.get(name));
const rounds = { rounds: number('rounds'), maxSeconds: number('seconds') };

function log(line: string): void {
  console.log(`bench: ${line}`);
  document.getElementById('log')?.append(`${line}\n`);
}

async function run(): Promise<unknown> {
  const part = query.get('part');
  const gpu = await acquireDevice(navigator.gpu, { powerPreference: 'high-performance' });
  if (part === 'model') {
    const folder = query.get('folder') ?? '';
    const sizes = { promptTokens: number('prompt'), newTokens: number('tokens') };
    const choice = { thorough: query.get('thorough') === '1', without: query.get('without') ?? '' };
    const onCpu = gpu.adapter.isFallback;
    gpu.dispose();
    return benchModels({ folder, ...sizes, ...choice, onCpu }, rounds, log);
  }
  if (part === 'product') {
    const shape = { rows: number('rows'), columns: number('columns') };
    return benchProducts(gpu, { ...shape, tokens: number('tokens'), copies: number('copies') }, rounds, log);
  }
  return {
    device: describeDevice(gpu),
    commit: BUILD_COMMIT,
    crossOriginIsolated,
    userAgent: navigator.userAgent,
  };
}

const report = document.getElementById('report');
if (!report) throw new Error('the page has no #report');
try {
  report.textContent = JSON.stringify({ ok: true, result: await run() });
} catch (error) {
  report.textContent = JSON.stringify({ ok: false, error: String(error) });
}
