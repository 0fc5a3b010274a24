// Speculation and answers side by side on the real device: the ids are those of plain decoding, one answer at a time.

import type { SpeculationMetrics } from '../../src/api/types.ts';
import type { KvKind } from '../../src/architectures/blocks/kv-cache.ts';
import { openModel } from '../../src/cli/open-model.ts';
import { resolveSampling, type SamplingSettings } from '../../src/runtime/sampling.ts';
import type { Sequence } from '../../src/runtime/sequence.ts';
import type { Drafter } from '../../src/runtime/speculation/speculator.ts';
import { TEST_ADAPTER } from './test-adapter.ts';

const ANSWERS = 3;

/** Sampling that a chat uses: every part of the tail takes part. */
const SAMPLED = { temperature: 0.7, topP: 0.9, topK: 40, repetitionPenalty: 1.1 };

/** A model with its cache, and what to generate with it. */
export interface SpeculationSubject {
  readonly model: string;
  readonly kvCache: KvKind;
  readonly prompt: readonly number[];
  readonly tokens: number;
  /** Of the answers side by side. */
  readonly parallelTokens: number;
}

/** @returns figures for the report. @throws Error that says which ids differ */
export async function checkSpeculation(subject: SpeculationSubject): Promise<string> {
  const { model, kvCache, prompt, parallelTokens } = subject;
  const open = await openModel(model, { adapter: TEST_ADAPTER, kvCache });
  try {
    const facts: string[] = [];
    for (const sampling of [{ temperature: 0 }, SAMPLED]) {
      const settings = resolveSampling({ ...sampling, seed: 11 }, {});
      facts.push(await compare(open.sequence, subject, settings));
    }
    await compareAnswers(open.sequence, prompt, parallelTokens);
    return `${facts.join(', ')}; ${ANSWERS} answers of ${parallelTokens} tokens`;
  } finally {
    await open.dispose();
  }
}

async function compare(
  sequence: Sequence,
  { prompt, tokens }: SpeculationSubject,
  settings: SamplingSettings,
): Promise<string> {
  const what = settings.temperature === 0 ? 'greedy' : 'sampled';
  const plain = await collect(sequence, prompt, { settings, maxTokens: tokens });
  need(plain.length === tokens, `${plain.length} ids came; expected ${tokens}`);
  const drafter = new Prophet(plain);
  const options = { settings, maxTokens: tokens, speculation: 'prompt-lookup', drafter } as const;
  const reasons: string[] = [];
  const onSpeculated = ({ unavailable }: SpeculationMetrics) => {
    if (unavailable !== undefined) reasons.push(unavailable);
  };
  const guessed = await collect(sequence, prompt, { ...options, onSpeculated });
  need(reasons.length === 0, `speculation did not run: ${reasons}`);
  need(guessed.join() === plain.join(), `${what} ids with speculation are ${guessed}; without ${plain}`);
  const { passes, accepted, rejected } = drafter;
  need(
    accepted > 0 && rejected > 0,
    `${accepted} tokens were accepted and ${rejected} passes had a wrong one`,
  );
  return `${what} ${passes} passes, ${accepted} tokens accepted`;
}

/** Knows the answer, and lies in every second draft: at its beginning, in the middle, at its end. Every fifth step is plain. */
class Prophet implements Drafter {
  passes = 0;
  accepted = 0;
  rejected = 0;
  readonly #answer: readonly number[];
  #known = 0;
  #plain = 0;

  constructor(answer: readonly number[]) {
    this.#answer = answer;
  }

  propose(room: number): readonly number[] {
    const length = Math.min(room, [3, 3, 7, 2, 1, 5][this.passes % 6]);
    if (length < 1 || this.#plain < 1) return [];
    const draft = this.#answer.slice(this.#known, this.#known + length);
    const lie = this.passes % 2 === 1 ? (this.passes * 2) % length : length;
    return draft.map((id, index) => (index === lie ? id + 1 : id));
  }

  recordPass(drafted: number, chosen: readonly number[]): void {
    this.passes++;
    this.#known += chosen.length;
    this.accepted += chosen.length - 1;
    if (chosen.length <= drafted) this.rejected++;
    if (this.passes % 4 === 0) this.#plain = 0;
  }

  recordPlain(ids: readonly number[]): void {
    this.#known += ids.length;
    this.#plain += ids.length;
  }

  metrics(): SpeculationMetrics {
    return { passes: this.passes, draftedTokens: 0, acceptedTokens: 0, acceptanceRate: 0, tokensPerPass: 0 };
  }
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
