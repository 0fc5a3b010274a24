// Speculation and answers side by side on the real device: the ids are those of plain decoding, one answer at a time.

import type { SpeculationMetrics } from '../../src/api/types.ts';
import type { KvKind } from '../../src/architectures/blocks/kv-cache.ts';
import { openModel } from '../../src/cli/open-model.ts';
import { resolveSampling, type SamplingSettings } from '../../src/runtime/sampling.ts';
import type { Sequence } from '../../src/runtime/sequence.ts';

const ANSWERS = 3;

/** Sampling that a chat uses: every part of the tail takes part. */
const SAMPLED = { temperature: 0.7, topP: 0.9, topK: 40, repetitionPenalty: 1.1 };

/** What to generate. */
export interface SpeculationCase {
  /** The prompt; text that repeats itself has drafts. */
  readonly prompt: readonly number[];
  readonly tokens: number;
  /** Whether some draft must have been verified. */
  readonly drafts: boolean;
}

/** A model with its cache, and what to generate with it. */
export interface SpeculationSubject {
  readonly model: string;
  readonly kvCache: KvKind;
  readonly cases: readonly SpeculationCase[];
  /** Of the answers side by side. */
  readonly parallelTokens: number;
}

/** @returns figures for the report. @throws Error that says which ids differ */
export async function checkSpeculation(subject: SpeculationSubject): Promise<string> {
  const { model, kvCache, cases, parallelTokens } = subject;
  const open = await openModel(model, { adapter: 'default', kvCache });
  try {
    const facts: string[] = [];
    for (const entry of cases) {
      for (const sampling of [{ temperature: 0 }, SAMPLED]) {
        const settings = resolveSampling({ ...sampling, seed: 11 }, {});
        facts.push(await compare(open.sequence, entry, settings));
      }
    }
    await compareAnswers(open.sequence, cases[0].prompt, parallelTokens);
    return `${facts.join(', ')}; ${ANSWERS} answers of ${parallelTokens} tokens`;
  } finally {
    await open.dispose();
  }
}

async function compare(
  sequence: Sequence,
  { prompt, tokens, drafts }: SpeculationCase,
  settings: SamplingSettings,
): Promise<string> {
  const plain = await collect(sequence, prompt, { settings, maxTokens: tokens });
  let metrics: SpeculationMetrics | undefined;
  const guessed = await collect(sequence, prompt, {
    settings,
    maxTokens: tokens,
    speculation: 'prompt-lookup',
    onSpeculated: (result) => {
      metrics = result;
    },
  });
  const what = settings.temperature === 0 ? 'greedy' : 'sampled';
  need(guessed.join() === plain.join(), `${what} ids with speculation are ${guessed}; without ${plain}`);
  need(plain.length === tokens, `${plain.length} ids came; expected ${tokens}`);
  const { passes = 0, draftedTokens = 0, acceptedTokens = 0, unavailable } = metrics ?? {};
  need(metrics !== undefined && unavailable === undefined, `speculation did not run: ${unavailable}`);
  need(passes > 0 || !drafts, 'no draft was verified');
  return `${what} ${acceptedTokens} of ${draftedTokens} drafts`;
}

async function compareAnswers(sequence: Sequence, prompt: readonly number[], tokens: number): Promise<void> {
  const settings = resolveSampling({ ...SAMPLED, seed: 11 }, {});
  const together: number[][] = Array.from({ length: ANSWERS }, () => []);
  for await (const ids of sequence.runParallel(prompt, ANSWERS, { settings, maxTokens: tokens })) {
    ids.forEach((id, index) => {
      together[index % ANSWERS].push(id);
    });
  }
  for (const [index, ids] of together.entries()) {
    const alone = await collect(sequence, prompt, {
      settings: { ...settings, seed: settings.seed + index },
      maxTokens: tokens,
    });
    need(ids.join() === alone.join(), `answer ${index} of ${ANSWERS} is ${ids}; alone ${alone}`);
  }
}

async function collect(
  sequence: Sequence,
  prompt: readonly number[],
  options: Parameters<Sequence['run']>[1],
): Promise<number[]> {
  const ids: number[] = [];
  for await (const id of sequence.run(prompt, options)) ids.push(id);
  return ids;
}

function need(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}
