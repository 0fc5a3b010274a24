// Decode speed of several models, or of one with several options, in one process and in turns: what load the machine has
// besides meets all of them alike. The first is what the others are compared with, turn by turn. The processor time of this
// process hardly depends on other load: on a CPU adapter, which computes in it, it is the work that a token takes.
// node scripts/run-ts.mjs bench/alternating/run.ts [--adapter NAME] [--tokens N] [--turns N] MODEL[?head=H&kv=K&arithmetic=A]...
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import type { Arithmetic, HeadPrecision } from '../../src/api/types.ts';
import { acquireNodeDevice } from '../../src/cli/node-gpu.ts';
import { type OpenModel, openModel } from '../../src/cli/open-model.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import type { LoadModelOptions } from '../../src/loader/load-model.ts';
import { quantile } from '../../src/runtime/benchmark/statistics.ts';
import { resolveSampling } from '../../src/runtime/sampling.ts';

const PROMPT = 'The river rises in the hills above the town and takes its time on the way to the sea.';
const CONTEXT_LENGTH = 512;

interface Subject {
  readonly name: string;
  readonly model: OpenModel;
  readonly ids: readonly number[];
  /** Milliseconds per token of each turn, by the clock. */
  readonly times: number[];
  /** Milliseconds of processor time per token of each turn, of all cores together. */
  readonly processorTimes: number[];
}

async function open(spec: string, gpu: GpuContext): Promise<Subject> {
  const [path, query = ''] = spec.split('?');
  const wanted = new URLSearchParams(query);
  const model = await openModel(
    path,
    {
      adapter: 'default',
      context: CONTEXT_LENGTH,
      head: (wanted.get('head') ?? undefined) as HeadPrecision | undefined,
      kvCache: (wanted.get('kv') ?? undefined) as LoadModelOptions['kvCache'],
      arithmetic: (wanted.get('arithmetic') ?? undefined) as Arithmetic | undefined,
    },
    gpu,
  );
  const name = [basename(path), query].filter((part) => part !== '').join(' ');
  return { name, model, ids: model.tokenizer.encode(PROMPT).slice(0, 16), times: [], processorTimes: [] };
}

interface TokenTime {
  readonly clockMs: number;
  readonly processorMs: number;
}

/** Time per token of a greedy reply, from its first token on. */
async function decode({ model: { sequence }, ids }: Subject, tokens: number): Promise<TokenTime> {
  const settings = resolveSampling({ temperature: 0, seed: 1 }, {});
  sequence.reset();
  let count = 0;
  let startMs = 0;
  let startUsage = process.cpuUsage();
  for await (const _ of sequence.run(ids, { settings, maxTokens: tokens })) {
    if (count === 0) {
      startMs = performance.now();
      startUsage = process.cpuUsage();
    }
    count += 1;
  }
  const { user, system } = process.cpuUsage(startUsage);
  return {
    clockMs: (performance.now() - startMs) / (count - 1),
    processorMs: (user + system) / 1000 / (count - 1),
  };
}

/** Median, lower and upper quartile. */
function spread(values: readonly number[], digits: number, scale = 1): readonly string[] {
  return [0.5, 0.25, 0.75].map((share) => (quantile(values, share) * scale).toFixed(digits));
}

/** Per cent more than the first takes, turn by turn. */
function against(times: readonly number[], first: readonly number[]): string {
  const [more, fewest, most] = spread(
    times.map((time, turn) => time / first[turn] - 1),
    1,
    100,
  );
  return `${more} % (quartiles ${fewest} to ${most})`;
}

function report(subject: Subject, dispatches: number, first: Subject): string {
  const { name, times, processorTimes, model } = subject;
  const [middle, low, high] = spread(times, 2);
  const [processor, processorLow, processorHigh] = spread(processorTimes, 2);
  const least = Math.min(...times);
  const leastProcessor = Math.min(...processorTimes).toFixed(2);
  const memory = (model.loaded.pool.memory().weightsBytes / 1e6).toFixed(2);
  const parts = [
    `${middle} ms per token (quartiles ${low} to ${high}, least ${least.toFixed(2)})`,
    `processor ${processor} ms (quartiles ${processorLow} to ${processorHigh}, least ${leastProcessor})`,
    `${dispatches} dispatches`,
    `weights ${memory} MB`,
  ];
  if (first !== subject) {
    const ofLeast = ((least / Math.min(...first.times) - 1) * 100).toFixed(1);
    parts.push(
      `time against the first ${against(times, first.times)}, of the least times ${ofLeast} %`,
      `processor time against the first ${against(processorTimes, first.processorTimes)}`,
    );
  }
  return `  ${name}: ${parts.join('; ')}`;
}

/** @returns the exit code */
export async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      adapter: { type: 'string', default: 'default' },
      tokens: { type: 'string', default: '32' },
      turns: { type: 'string', default: '9' },
    },
  });
  if (positionals.length === 0) {
    console.error(
      'usage: bench/alternating/run.ts [--adapter NAME] [--tokens N] [--turns N] MODEL[?head=H&kv=K&arithmetic=A]...',
    );
    return 1;
  }
  const gpu = await acquireNodeDevice(values.adapter);
  const subjects: Subject[] = [];
  for (const spec of positionals) subjects.push(await open(spec, gpu));
  const tokens = Number(values.tokens);
  for (const subject of subjects) await decode(subject, 8);
  for (let turn = 0; turn < Number(values.turns); turn++) {
    // The other way round every other turn: what a warm cache gives goes to each as often.
    const order = turn % 2 === 0 ? subjects : subjects.toReversed();
    for (const subject of order) {
      const { clockMs, processorMs } = await decode(subject, tokens);
      subject.times.push(clockMs);
      subject.processorTimes.push(processorMs);
    }
  }
  console.log(
    `${gpu.adapter.description}: ${values.turns} turns of ${tokens} tokens, ${new Date().toISOString().slice(0, 10)}`,
  );
  for (const subject of subjects) {
    const dispatches = subject.model.sequence.greedyStep().flatMap((graph) => graph.describe()).length;
    console.log(report(subject, dispatches, subjects[0]));
  }
  for (const { model } of subjects) await model.dispose();
  gpu.dispose();
  return 0;
}
