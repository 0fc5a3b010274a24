// Decode speed on a real text, in tokens and in bytes per second. A short measurement for reports; `sterna bench` has more.
import type { TextSpeed } from '../api/benchmark-types.ts';
import type { LoadedModel } from '../loader/load-model.ts';
import { summarize } from '../runtime/benchmark/statistics.ts';
import { resolveSampling } from '../runtime/sampling.ts';
import type { Sequence } from '../runtime/sequence.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { countTextBytes } from './text-bytes.ts';

/** What to run. */
export interface DecodeSpeedOptions {
  /** Tokens that are generated in each repeat, at least 2. Default 64. */
  readonly tokens?: number;
  /** Repeats after one warm-up. Default 3. */
  readonly repeats?: number;
  /** Ends it with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What measureDecodeSpeed uses. */
export interface DecodeSubject {
  readonly loaded: Pick<LoadedModel, 'contextLength'>;
  readonly sequence: Sequence;
  readonly tokenizer: Tokenizer;
}

/** Beginning of a text, for measuring where none is given. */
export const SPEED_PROMPT =
  'The river rises in the hills above the town and takes its time on the way to the sea. In spring it carries snow and branches; in summer children cross it on stones.';

const PROMPT_TOKENS = 32;

/** Generates greedily after the first tokens of a text. The sequence's cache is overwritten. */
export async function measureDecodeSpeed(
  { loaded, sequence, tokenizer }: DecodeSubject,
  text: string,
  options: DecodeSpeedOptions = {},
): Promise<TextSpeed> {
  const repeats = options.repeats ?? 3;
  const ids = tokenizer.encode(text.slice(0, PROMPT_TOKENS * 16)).slice(0, PROMPT_TOKENS);
  const tokens = Math.max(2, Math.min(options.tokens ?? 64, loaded.contextLength - ids.length));
  const settings = resolveSampling({ temperature: 0, seed: 1 }, {});
  const runs: { tokens: number; bytes: number }[] = [];
  for (let repeat = 0; repeat <= repeats; repeat++) {
    sequence.reset();
    const generated: number[] = [];
    let firstMs = 0;
    for await (const id of sequence.run(ids, { settings, maxTokens: tokens, signal: options.signal })) {
      if (generated.length === 0) firstMs = performance.now();
      generated.push(id);
    }
    options.signal?.throwIfAborted();
    const seconds = (performance.now() - firstMs) / 1000;
    const all = [...ids, ...generated];
    const bytes = countTextBytes(tokenizer, all, ids.length + 1, all.length);
    if (repeat > 0) runs.push({ tokens: (generated.length - 1) / seconds, bytes: bytes / seconds });
  }
  sequence.reset();
  return {
    tokensPerSecond: summarize(runs.map((run) => run.tokens)),
    bytesPerSecond: summarize(runs.map((run) => run.bytes)),
  };
}
