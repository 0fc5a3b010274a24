// Runs the autotuner on a model and prints what it picks, then measures decoding with the defaults and with its choice in
// turns, in one process.
//   node scripts/run-ts.mjs bench/autotune/run.ts [--adapter NAME] (--model PATH | --synthetic ID [--layers N])
//     [--arithmetic exact|block] [--fused auto|always|never] [--head int8] [--budget MS] [--tokens 64] [--rounds 7]
//     [--without FEATURE,...]
import { parseArgs } from 'node:util';
import type { Arithmetic } from '../../src/api/types.ts';
import type { FusedDecode, HeadPrecision } from '../../src/architectures/architecture.ts';
import { openFileSource } from '../../src/cli/file-source.ts';
import { acquireNodeDevice } from '../../src/cli/node-gpu.ts';
import { modelFile } from '../../src/cli/open-model.ts';
import type { GpuContext, KernelFeature } from '../../src/gpu/device.ts';
import type { CompiledKernel } from '../../src/gpu/pipelines.ts';
import { type LoadedModel, loadModel } from '../../src/loader/load-model.ts';
import { loadSyntheticModel } from '../../src/loader/synthetic-model.ts';
import { autotune } from '../../src/runtime/autotune/autotune.ts';
import { MemoryTuningStore } from '../../src/runtime/autotune/record.ts';
import { median, summarize } from '../../src/runtime/benchmark/statistics.ts';
import { resolveSampling } from '../../src/runtime/sampling.ts';
import { Sequence } from '../../src/runtime/sequence.ts';
import { tuningMarkdown } from '../../src/util/tuning-text.ts';

function readArguments(args: string[]) {
  return parseArgs({
    args,
    options: {
      adapter: { type: 'string', default: 'default' },
      model: { type: 'string' },
      synthetic: { type: 'string' },
      layers: { type: 'string' },
      arithmetic: { type: 'string', default: 'exact' },
      fused: { type: 'string', default: 'auto' },
      head: { type: 'string', default: 'int8' },
      budget: { type: 'string', default: '2000' },
      tokens: { type: 'string', default: '64' },
      rounds: { type: 'string', default: '7' },
      without: { type: 'string' },
    },
  }).values;
}

type Arguments = ReturnType<typeof readArguments>;

async function load(gpu: GpuContext, values: Arguments): Promise<LoadedModel> {
  const options = {
    arithmetic: values.arithmetic as Arithmetic,
    fusedDecode: values.fused as FusedDecode,
    headPrecision: values.head as HeadPrecision,
    contextLength: 1024,
  };
  if (values.synthetic !== undefined) {
    const layers = values.layers === undefined ? undefined : Number(values.layers);
    return loadSyntheticModel(values.synthetic, gpu, { ...options, layers });
  }
  if (values.model === undefined) throw new Error('Give --model or --synthetic.');
  return loadModel(await openFileSource(modelFile(values.model)), gpu, options);
}

/** Pipelines of the decode graphs as they are now, to go back to. */
async function snapshot({ graphs, pipelines }: LoadedModel): Promise<() => void> {
  const saved: { graph: (typeof graphs)['decode']; index: number; compiled: CompiledKernel }[] = [];
  for (const graph of new Set([graphs.decode, graphs.decodeHead])) {
    for (const [index, { op, variant }] of graph.describe().entries()) {
      saved.push({ graph, index, compiled: await pipelines.compile(op, variant) });
    }
  }
  return () => {
    for (const { graph, index, compiled } of saved) graph.replace(index, compiled);
  };
}

async function decodeRate(sequence: Sequence, tokens: number): Promise<number> {
  const settings = resolveSampling({ temperature: 0, seed: 1 }, {});
  sequence.reset();
  let startMs = 0;
  let count = 0;
  for await (const _ of sequence.run([1, 2, 3, 4], { settings, maxTokens: tokens })) {
    if (count === 0) startMs = performance.now();
    count++;
  }
  return ((count - 1) / (performance.now() - startMs)) * 1000;
}

/** Prints the tables; the exit code is 0. */
export async function main(args: string[]): Promise<number> {
  const values = readArguments(args);
  const without = values.without?.split(',') as KernelFeature[] | undefined;
  const gpu = await acquireNodeDevice(values.adapter, { without });
  const model = await load(gpu, values);
  const sequence = await Sequence.create(model);
  const toDefaults = await snapshot(model);
  const report = await autotune(model, {
    mode: 'on',
    store: new MemoryTuningStore(),
    budgetMs: Number(values.budget),
  });
  const toTuned = await snapshot(model);
  console.log(`${gpu.adapter.description || gpu.adapter.device}, ${model.file.name}, ${model.activations}`);
  console.log(tuningMarkdown(report));
  const tokens = Number(values.tokens);
  const rates = { default: [] as number[], tuned: [] as number[] };
  for (let round = 0; round < Number(values.rounds); round++) {
    toDefaults();
    rates.default.push(await decodeRate(sequence, tokens));
    toTuned();
    rates.tuned.push(await decodeRate(sequence, tokens));
  }
  for (const [name, list] of Object.entries(rates)) {
    const { median: middle, p10, p90 } = summarize(list);
    console.log(`${name}: ${middle.toFixed(1)} tokens/s (${p10.toFixed(1)} to ${p90.toFixed(1)})`);
  }
  const ratio = median(rates.tuned.map((rate, round) => rate / rates.default[round]));
  console.log(`tuned / default, median of the rounds: ${ratio.toFixed(3)}`);
  model.dispose();
  gpu.dispose();
  return 0;
}
