// How fast a model file becomes weights on the GPU, repacked by kernels and by the readers: MB/s from file to ready.
//   node scripts/run-ts.mjs bench/load/run.ts FILE.gguf [--adapter default|lavapipe|swiftshader] [--runs 3]
//     [--repack cpu|gpu|both] [--head int8|file]
// Each run loads in a process of its own, so that pipelines and memory start afresh; the file stays in the page cache.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { openFileSource } from '../../src/cli/file-source.ts';
import { acquireNodeDevice } from '../../src/cli/node-gpu.ts';
import { submittedWorkDone } from '../../src/gpu/readback.ts';
import { loadModel } from '../../src/loader/load-model.ts';
import { summarize } from '../../src/runtime/benchmark/statistics.ts';

type RepackWay = 'cpu' | 'gpu';

interface LoadFigures {
  readonly adapter: string;
  readonly repack: RepackWay;
  readonly fileMB: number;
  readonly headerMs: number;
  /** From the header to the last weight on the GPU. */
  readonly weightsMs: number;
  /** What compiling took beyond the weights: near 0 when it overlaps. */
  readonly compileRestMs: number;
  readonly megabytesPerSecond: number;
  readonly peakRssMiB: number;
  /** Peak of the process before the load: Node, Vite and the driver. */
  readonly baseRssMiB: number;
}

interface Options {
  readonly adapter: string;
  readonly head: 'int8' | 'file';
}

const peakRssMiB = () => Math.round(process.resourceUsage().maxRSS / 1024);

async function measure(path: string, repack: RepackWay, { adapter, head }: Options): Promise<LoadFigures> {
  const gpu = await acquireNodeDevice(adapter);
  const source = await openFileSource(path);
  const baseRssMiB = peakRssMiB();
  const begins: Record<string, number> = {};
  const started = performance.now();
  const model = await loadModel(source, gpu, {
    repack,
    headPrecision: head,
    contextLength: 512,
    onPhase(phase) {
      begins[phase] = performance.now();
    },
  });
  await submittedWorkDone(gpu.device); // uploads of the readers' way may still run
  const ready = performance.now();
  model.dispose();
  const fileMB = source.sizeBytes / 1e6;
  return {
    adapter: gpu.adapter.description || gpu.adapter.device,
    repack,
    fileMB: Math.round(fileMB),
    headerMs: Math.round(begins.weights - started),
    weightsMs: Math.round(begins.compile - begins.weights),
    compileRestMs: Math.round(ready - begins.compile),
    megabytesPerSecond: Math.round((fileMB / (ready - started)) * 1000),
    peakRssMiB: peakRssMiB(),
    baseRssMiB,
  };
}

// One run in a fresh process.
function measureApart(args: readonly string[], repack: RepackWay): LoadFigures {
  const program = [...process.argv.slice(0, 2), 'bench/load/run.ts', ...args, '--repack', repack, '--once'];
  const { status, stdout, stderr } = spawnSync(program[0], program.slice(1), { encoding: 'utf8' });
  const line = stdout.split('\n').find((text) => text.startsWith('{'));
  if (status !== 0 || line === undefined) throw new Error(`The run ended with ${status}: ${stderr}`);
  return JSON.parse(line);
}

/** The command line. @returns the exit code */
export async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      adapter: { type: 'string', default: 'default' },
      runs: { type: 'string', default: '3' },
      repack: { type: 'string', default: 'both' },
      head: { type: 'string', default: 'int8' },
      once: { type: 'boolean', default: false },
    },
  });
  const [path] = positionals;
  const head = values.head === 'file' ? 'file' : 'int8';
  if (path === undefined || !['cpu', 'gpu', 'both'].includes(values.repack)) {
    console.error('Usage: bench/load/run.ts FILE.gguf [--adapter NAME] [--runs N] [--repack cpu|gpu|both]');
    return 2;
  }
  if (values.once) {
    const way = values.repack === 'cpu' ? 'cpu' : 'gpu';
    console.log(JSON.stringify(await measure(path, way, { adapter: values.adapter, head })));
    return 0;
  }
  const ways: readonly RepackWay[] = values.repack === 'both' ? ['cpu', 'gpu'] : [values.repack as RepackWay];
  for (const way of ways) {
    const common = [path, '--adapter', values.adapter, '--head', head];
    const runs = Array.from({ length: Number(values.runs) }, () => measureApart(common, way));
    const rates = summarize(runs.map(({ megabytesPerSecond }) => megabytesPerSecond));
    const spread = `${rates.median} MB/s (${rates.minimum} to ${rates.maximum})`;
    console.log(`${way} repack on ${runs[0].adapter}, ${runs[0].fileMB} MB: median ${spread}`);
    for (const run of runs) console.log(`  ${JSON.stringify(run)}`);
  }
  return 0;
}
