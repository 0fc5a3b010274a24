// Queues generations and runs them one at a time: prompt to ids, ids to text deltas, stop conditions, metrics.
import type {
  ChatMessage,
  FinishReason,
  GenerateOptions,
  GenerationResult,
  SamplingOptions,
} from '../api/types.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { ChatPromptFitter } from './chat-prompt.ts';
import { GenerationClock } from './metrics.ts';
import { resolveSampling } from './sampling.ts';
import type { RunOptions } from './sequence.ts';
import { StopStrings } from './stop-strings.ts';

/** What the scheduler needs of a sequence (Sequence implements it). */
export interface TokenSource {
  run(promptIds: readonly number[], options: RunOptions): AsyncGenerator<number, void>;
}

/** A generation to queue: exactly one of `messages` and `prompt`. */
export interface SchedulerRequest {
  readonly messages?: readonly ChatMessage[];
  readonly prompt?: string;
  readonly options: GenerateOptions;
  readonly signal: AbortSignal;
  /** Text to append, with what is known so far. */
  readonly onDelta: (delta: string, progress: { generatedTokens: number; droppedMessages: number }) => void;
}

/** What the scheduler needs of a loaded model. */
export interface SchedulerModel {
  readonly source: TokenSource;
  readonly tokenizer: Tokenizer;
  /** Renders a chat with the generation prompt into ids. */
  readonly encodeChat: (messages: readonly ChatMessage[]) => readonly number[];
  readonly contextLength: number;
  readonly recommendedSampling: SamplingOptions;
}

/** Room for the answer when maxTokens is not given: a share of the context, but not more than this many tokens. */
const RESERVE_SHARE = 0.25;
const RESERVE_TOKENS = 512;

/** First in, first out; one generation at a time. */
export class Scheduler {
  readonly #model: SchedulerModel;
  readonly #fitter: ChatPromptFitter;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(model: SchedulerModel) {
    this.#model = model;
    this.#fitter = new ChatPromptFitter(model.encodeChat, model.contextLength);
  }

  /** Queues a request. Aborting, queued or running, resolves with finishReason `aborted` and the text so far. */
  generate(request: SchedulerRequest): Promise<GenerationResult> {
    const queuedAtMs = performance.now();
    const result = this.#tail.then(() => this.#run(request, queuedAtMs));
    this.#tail = result.catch(() => {});
    return result;
  }

  /** Resolves when nothing is queued or running. */
  async idle(): Promise<void> {
    await this.#tail;
  }

  async #run(request: SchedulerRequest, queuedAtMs: number): Promise<GenerationResult> {
    const clock = new GenerationClock(queuedAtMs);
    const settings = resolveSampling(request.options, this.#model.recommendedSampling);
    const { ids, droppedMessages } = this.#promptIds(request);
    clock.promptTokens = ids.length;
    const decoder = this.#model.tokenizer.createStreamDecoder({ continues: true });
    const stops = new StopStrings(request.options.stop ?? []);
    const answer = new Answer(request.messages !== undefined, (delta) =>
      request.onDelta(delta, { generatedTokens: clock.generatedTokens, droppedMessages }),
    );
    const maxTokens = request.options.maxTokens ?? Number.POSITIVE_INFINITY;
    let finishReason: FinishReason | undefined = request.signal.aborted ? 'aborted' : undefined;
    if (finishReason === undefined) {
      const run = this.#model.source.run(ids, {
        settings,
        maxTokens,
        signal: request.signal,
        onPrefilled: (reused) => {
          clock.reusedTokens = reused;
        },
      });
      for await (const id of run) {
        clock.recordToken();
        if (this.#model.tokenizer.endIds.has(id)) {
          finishReason = 'stop';
          break;
        }
        const { text, stopped } = stops.push(decoder.push(id));
        answer.append(text);
        if (stopped) {
          finishReason = 'stop';
          answer.close();
          break;
        }
      }
    }
    if (!answer.closed) {
      const rest = stops.push(decoder.flush());
      answer.append(rest.text);
      if (!rest.stopped) answer.append(stops.flush());
    }
    finishReason ??= request.signal.aborted
      ? 'aborted'
      : clock.generatedTokens >= maxTokens
        ? 'length'
        : 'context';
    return {
      text: answer.text,
      finishReason,
      droppedMessages,
      metrics: clock.metrics(),
      seed: settings.seed,
    };
  }

  #promptIds(request: SchedulerRequest): { ids: readonly number[]; droppedMessages: number } {
    const { tokenizer, contextLength } = this.#model;
    if (request.messages) {
      const share = Math.min(RESERVE_TOKENS, Math.floor(contextLength * RESERVE_SHARE));
      return this.#fitter.fit(request.messages, Math.min(request.options.maxTokens ?? share, share));
    }
    const ids = tokenizer.encode(request.prompt ?? '', { addBos: tokenizer.addBosByDefault });
    return { ids, droppedMessages: 0 };
  }
}

// The text so far. A chat answer begins without the space that tokenizers put before the first word.
class Answer {
  text = '';
  closed = false;
  readonly #trimStart: boolean;
  readonly #emit: (delta: string) => void;

  constructor(trimStart: boolean, emit: (delta: string) => void) {
    this.#trimStart = trimStart;
    this.#emit = emit;
  }

  append(text: string): void {
    const delta = this.#trimStart && this.text === '' ? text.trimStart() : text;
    if (delta === '') return;
    this.text += delta;
    this.#emit(delta);
  }

  close(): void {
    this.closed = true;
  }
}
