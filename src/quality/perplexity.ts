// Cross-entropy of a model on a text by sliding windows, and its divergence from a reference model on the same windows.
import type { PerplexityOptions, PerplexityProgress, PerplexityReport } from '../api/types.ts';
import { EngineError } from '../errors.ts';
import type { Scorer, TokenScores } from '../runtime/scorer.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { countTextBytes } from './text-bytes.ts';
import { planWindows, type TokenWindow } from './windows.ts';

/** How far a model is from a reference on the same predictions. */
export interface ReferenceComparison {
  /** Mean KL(reference || model) over whole distributions, nats per token. */
  readonly klNatsPerToken: number;
  /** Share of predictions whose most likely token is the reference's. */
  readonly topOneAgreement: number;
}

/** Result of measurePerplexity. */
export interface QualityReport extends PerplexityReport {
  /** Null without reference. */
  readonly reference: ReferenceComparison | null;
}

/** What to measure with. */
export interface PerplexityTask {
  /** Its score() is all that is used. */
  readonly scorer: Pick<Scorer, 'score'>;
  readonly tokenizer: Tokenizer;
  /** Tokens that one window can hold. */
  readonly contextLength: number;
  readonly text: string;
  readonly options?: PerplexityOptions;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PerplexityProgress) => void;
}

const DEFAULT_WINDOW_TOKENS = 512;

/**
 * Scores a text. Control tokens written out in it are text.
 * @throws EngineError 'bad-argument' for a text that is too short and for options out of range, 'gpu-error' when the model's
 *   logits are not finite; as Scorer.score; the signal's reason
 */
export async function measurePerplexity(task: PerplexityTask): Promise<QualityReport> {
  const { tokenizer, signal } = task;
  const settings = resolveOptions(task);
  const ids = tokenizer.encode(task.text);
  const windows = planWindows(ids.length, settings);
  const totals = new Totals();
  const startMs = performance.now();
  for (const [index, window] of windows.entries()) {
    const scores = await task.scorer.score(sequenceOf(ids, window, settings.beginId), signal);
    totals.add(scores, ids, window);
    task.onProgress?.({
      doneWindows: index + 1,
      totalWindows: windows.length,
      natsPerToken: totals.natsPerToken,
    });
  }
  const seconds = (performance.now() - startMs) / 1000;
  const bytes = countTextBytes(tokenizer, ids, windows[0].countedFrom, windows[windows.length - 1].end);
  const { tokens, nats, natsPerToken } = totals;
  return {
    tokens,
    bytes,
    windows: windows.length,
    windowTokens: settings.windowTokens,
    strideTokens: settings.strideTokens,
    beginToken: settings.beginToken,
    natsPerToken,
    standardError: totals.standardError,
    perplexity: Math.exp(natsPerToken),
    natsPerByte: nats / bytes,
    bitsPerByte: nats / bytes / Math.LN2,
    topOneAccuracy: totals.right / tokens,
    seconds,
    tokensPerSecond: tokens / seconds,
    bytesPerSecond: bytes / seconds,
    reference: totals.reference,
  };
}

interface Settings {
  readonly windowTokens: number;
  readonly strideTokens: number;
  readonly windows?: number;
  readonly beginToken: boolean;
  /** Null: no begin token. */
  readonly beginId: number | null;
}

function resolveOptions({ tokenizer, contextLength, options = {} }: PerplexityTask): Settings {
  const windowTokens = options.windowTokens ?? Math.min(DEFAULT_WINDOW_TOKENS, contextLength);
  checkCount('windowTokens', windowTokens, contextLength);
  const strideTokens = options.strideTokens ?? windowTokens;
  checkCount('strideTokens', strideTokens, windowTokens);
  if (options.windows !== undefined) checkCount('windows', options.windows, 2 ** 31 - 1);
  const beginToken = options.beginToken ?? tokenizer.addBosByDefault;
  if (beginToken && tokenizer.bosId === null) {
    throw new EngineError(
      'bad-argument',
      'beginToken is true, but this model has no begin token. Leave the option out.',
    );
  }
  return {
    windowTokens,
    strideTokens,
    windows: options.windows,
    beginToken,
    beginId: beginToken ? tokenizer.bosId : null,
  };
}

function checkCount(name: string, value: number, limit: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= limit) return;
  throw new EngineError(
    'bad-argument',
    `${name} is ${value}; expected a whole number from 1 to ${limit}. Choose a value in that range.`,
    { details: { argument: name, observed: value, limit } },
  );
}

/** The ids to score for a window: the token before its first prediction, or BOS, then the predictions. */
function sequenceOf(ids: readonly number[], { first, end }: TokenWindow, beginId: number | null): number[] {
  return beginId === null ? ids.slice(first - 1, end) : [beginId, ...ids.slice(first, end)];
}

class Totals {
  tokens = 0;
  nats = 0;
  /** Predictions whose best token came. */
  right = 0;
  #squares = 0;
  #divergence = 0;
  #agreed = 0;
  #hasReference = false;

  add({ losses, best, reference }: TokenScores, ids: readonly number[], window: TokenWindow): void {
    for (let target = window.countedFrom; target < window.end; target++) {
      const at = target - window.first;
      const loss = losses[at];
      if (!Number.isFinite(loss)) {
        throw new EngineError(
          'gpu-error',
          `The loss of token ${target} of the text is ${loss}; expected a finite number. The model's weights may not be finite: check the file.`,
          { details: { token: target } },
        );
      }
      this.tokens++;
      this.nats += loss;
      this.#squares += loss * loss;
      if (best[at] === ids[target]) this.right++;
      if (reference === null) continue;
      this.#hasReference = true;
      this.#divergence += reference.divergences[at];
      if (best[at] === reference.best[at]) this.#agreed++;
    }
  }

  get natsPerToken(): number {
    return this.nats / this.tokens;
  }

  get standardError(): number {
    const variance = Math.max(0, this.#squares / this.tokens - this.natsPerToken ** 2);
    return Math.sqrt(variance / this.tokens);
  }

  get reference(): ReferenceComparison | null {
    if (!this.#hasReference) return null;
    return {
      klNatsPerToken: this.#divergence / this.tokens,
      topOneAgreement: this.#agreed / this.tokens,
    };
  }
}
