// The kernel suite in Node on Dawn: node scripts/run-ts.mjs test/gpu/node.ts TARGET [FILTER]
// First on a device with WebGPU's default limits; what did not fit there runs again with the adapter's own limits.
import { acquireNodeDevice } from '../../src/cli/node-gpu.ts';
import { nodeThreads } from '../../src/cli/node-threads.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import { acquireWasm } from '../../src/wasm/acquire.ts';
import type { WasmLevel } from '../../src/wasm/kernel-module.ts';
import type { ThreadStarter } from '../../src/wasm/threads.ts';
import { report, type StatusRecord, summarize } from '../report.ts';
import { EXPECTED_ADAPTER } from './expected-adapter.ts';
import { type KernelRecord, runKernelSuite } from './kernel-suite.ts';

const keptContexts: GpuContext[] = [];

async function openDevice(target: string, defaultLimits: boolean): Promise<GpuContext> {
  const level = WASM_LEVELS[target];
  if (level !== undefined) return openWasm(level);
  const context = await acquireNodeDevice('default', { defaultLimits, subgroupMatrix: true });
  keptContexts.push(context);
  const { adapter } = context;
  const description = `${adapter.vendor} ${adapter.architecture} ${adapter.device} ${adapter.description}`;
  const expected = EXPECTED_ADAPTER[target];
  if (expected && !expected.test(description)) {
    throw new Error(`The adapter is "${description}"; expected ${target}. Run npm run setup.`);
  }
  return context;
}

/** Targets without WebGPU: the module that they must instantiate; the second one shares work among threads. */
const WASM_LEVELS: Readonly<Record<string, WasmLevel>> = { wasm: 'simd', 'wasm-relaxed': 'relaxed-simd' };

const TWO_HELPERS: ThreadStarter = { ...nodeThreads(), helpers: 2 };

async function openWasm(level: WasmLevel): Promise<GpuContext> {
  const threads = level === 'relaxed-simd' ? TWO_HELPERS : null;
  const context = await acquireWasm({ levels: [level], threads });
  keptContexts.push(context);
  return context;
}

/** Names a record as the summary shows it. */
function named({ op, variant, case: name, status, detail }: KernelRecord): StatusRecord {
  return { name: `${op}/${variant}: ${name}`, status, detail };
}

/** Runs the suite; the exit code is 0 when nothing failed. */
export async function main([target = 'default', filter]: string[]): Promise<number> {
  const started = performance.now();
  const smallest = await openDevice(target, true);
  const records = await runKernelSuite(smallest, { filter });
  const tooLarge = records.filter(
    ({ status, detail }) => status === 'skipped' && detail.startsWith('binding'),
  );
  if (tooLarge.length > 0) {
    const largest = await openDevice(target, false);
    for (const { op, variant, case: name } of tooLarge) {
      records.push(...(await runKernelSuite(largest, { filter: `${op}/${variant}: ${name}` })));
    }
  }
  const settled = records.filter((record) => !tooLarge.includes(record));
  const facts = {
    adapter: smallest.adapter.description || smallest.adapter.device,
    features: [...smallest.features].join('+') || 'none',
    seconds: Math.round((performance.now() - started) / 1000),
  };
  const code = await report([summarize('kernels', target, settled.map(named), facts)]);
  for (const context of keptContexts) context.dispose();
  return code;
}
