// Tokens per second with speculation on and off, alternately, on prompts that repeat themselves and one that does not; and
// whether the ids are the same: node scripts/run-ts.mjs bench/speculation/run.ts MODEL [ADAPTER] [TOKENS] [ROUNDS]
import type { SpeculationMetrics, SpeculationMode } from '../../src/api/types.ts';
import { type OpenModel, openModel } from '../../src/cli/open-model.ts';
import { resolveSampling } from '../../src/runtime/sampling.ts';

const STORY =
  'The old lighthouse keeper walked up the stairs every evening. He lit the lamp, he looked at the sea, and he wrote the weather in his book. ';

const PROMPTS: Readonly<Record<string, string>> = {
  repetitive: STORY.repeat(3),
  'a list': '1. apples are red\n2. bananas are yellow\n3. apples are red\n4. bananas are yellow\n5. apples',
  free: 'Write a short poem about the wind. ',
};

interface Run {
  readonly ids: readonly number[];
  readonly tokensPerSecond: number;
  /** CPU time of all threads per token: where others share the machine it tells more than the clock. */
  readonly cpuMs: number;
  readonly metrics: SpeculationMetrics | null;
}

async function generate(
  model: OpenModel,
  promptIds: readonly number[],
  options: { readonly speculation: SpeculationMode; readonly temperature: number; readonly tokens: number },
): Promise<Run> {
  const { temperature, tokens, speculation } = options;
  const settings = resolveSampling({ temperature, repetitionPenalty: 1, seed: 7 }, {});
  const ids: number[] = [];
  let metrics: SpeculationMetrics | null = null;
  let firstMs = 0;
  let cpuStart = process.cpuUsage();
  const run = model.sequence.run(promptIds, {
    settings,
    maxTokens: tokens,
    speculation,
    onSpeculated: (result) => {
      metrics = result;
    },
  });
  for await (const id of run) {
    if (ids.length === 0) {
      firstMs = performance.now();
      cpuStart = process.cpuUsage();
    }
    ids.push(id);
  }
  const { user, system } = process.cpuUsage(cpuStart);
  const count = ids.length - 1;
  return {
    ids,
    tokensPerSecond: (count * 1000) / (performance.now() - firstMs),
    cpuMs: (user + system) / 1000 / count,
    metrics,
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Prints a line per prompt and temperature. The exit code is 1 when some ids differ. */
export async function main([
  path,
  adapter = 'default',
  tokens = '128',
  rounds = '3',
]: string[]): Promise<number> {
  const model = await openModel(path, { adapter });
  let different = 0;
  for (const [name, text] of Object.entries(PROMPTS)) {
    const promptIds = model.tokenizer.encode(text, { addBos: model.tokenizer.addBosByDefault });
    for (const temperature of [0, 0.7]) {
      const on: Run[] = [];
      const off: Run[] = [];
      for (let round = 0; round < Number(rounds); round++) {
        const options = { temperature, tokens: Number(tokens) };
        off.push(await generate(model, promptIds, { ...options, speculation: 'off' }));
        on.push(await generate(model, promptIds, { ...options, speculation: 'prompt-lookup' }));
      }
      const same = on.every(({ ids }) => ids.join() === off[0].ids.join());
      if (!same) different++;
      const [offSpeed, onSpeed] = [off, on].map((runs) => median(runs.map((run) => run.tokensPerSecond)));
      const [offCpu, onCpu] = [off, on].map((runs) => median(runs.map((run) => run.cpuMs)));
      const { metrics } = on[on.length - 1];
      console.log(
        `${name}, temperature ${temperature}: ${offSpeed.toFixed(1)} tokens/s off, ${onSpeed.toFixed(1)} on (x${(onSpeed / offSpeed).toFixed(2)}); CPU ${offCpu.toFixed(1)} and ${onCpu.toFixed(1)} ms a token (x${(offCpu / onCpu).toFixed(2)}); ` +
          `${same ? 'same ids' : 'OTHER IDS'}; ${metrics?.unavailable ?? `${metrics?.passes} passes, ${((metrics?.acceptanceRate ?? 0) * 100).toFixed(0)} % of ${metrics?.draftedTokens} drafts accepted, ${metrics?.tokensPerPass.toFixed(2)} tokens a pass`}`,
      );
    }
  }
  await model.dispose();
  return different === 0 ? 0 : 1;
}
