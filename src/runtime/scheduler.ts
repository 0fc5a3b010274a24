// Queues generations and runs them one at a time: prompt to ids, ids to text deltas, stop conditions, metrics.
import type {
  ChatMessage,
  FinishReason,
  GenerateOptions,
  GenerationResult,
  SamplingOptions,
} from '../api/types.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { type ChatEncoder, ChatPromptFitter } from './chat-prompt.ts';
import { GenerationClock } from './metrics.ts';
import { Reply } from './reply.ts';
import { resolveSampling } from './sampling.ts';
import type { RunOptions } from './sequence.ts';

/** What the scheduler needs of a sequence (Sequence implements it). */
export interface TokenSource {
  run(promptIds: readonly number[], options: RunOptions): AsyncGenerator<number, void>;
}

/** What comes with a piece of an answer. */
export interface ReplyProgress {
  /** Absent when nothing was added to it. */
  readonly thinking?: string;
  readonly generatedTokens: number;
  readonly droppedMessages: number;
}

/** A generation to queue: exactly one of `messages` and `prompt`. */
export interface SchedulerRequest {
  readonly messages?: readonly ChatMessage[];
  readonly prompt?: string;
  readonly options: GenerateOptions;
  readonly signal: AbortSignal;
  /** Text to append to the answer, with what is known so far, and text to append to the thinking. */
  readonly onDelta: (delta: string, progress: ReplyProgress) => void;
}

/** What the scheduler needs of a loaded model. */
export interface SchedulerModel {
  readonly source: TokenSource;
  readonly tokenizer: Tokenizer;
  /** Renders a chat with the generation prompt into ids. */
  readonly encodeChat: ChatEncoder;
  readonly contextLength: number;
  readonly recommendedSampling: SamplingOptions;
}

/** Room for the answer when maxTokens is not given: a share of the context, but not more than this many tokens. */
const RESERVE_SHARE = 0.25;
const RESERVE_TOKENS = 512;

/** `<think>` and white space, even where the tag is spelled letter by letter. */
const PROMPT_END_TOKENS = 10;

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

  /** Queues other work on the same model; it runs when the requests before it have ended, and later ones wait. */
  runExclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work);
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
    const reply = new Reply({
      decoder: this.#model.tokenizer.createStreamDecoder({ continues: true }),
      stop: request.options.stop ?? [],
      chat: request.messages ? { startsThinking: this.#endsInThinking(ids) } : null,
      emit: ({ answer, thinking }) => {
        clock.recordText(thinking + answer);
        request.onDelta(answer, {
          ...(thinking && { thinking }),
          generatedTokens: clock.generatedTokens,
          droppedMessages,
        });
      },
    });
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
        speculation: request.options.speculation,
        onSpeculated: (metrics) => {
          clock.speculation = metrics;
        },
      });
      for await (const id of run) {
        clock.recordToken();
        if (this.#model.tokenizer.endIds.has(id)) {
          finishReason = 'stop';
          break;
        }
        if (reply.push(id)) {
          finishReason = 'stop';
          break;
        }
      }
    }
    reply.finish();
    finishReason ??= request.signal.aborted
      ? 'aborted'
      : clock.generatedTokens >= maxTokens
        ? 'length'
        : 'context';
    return {
      text: reply.answer,
      ...(reply.thinking && { thinking: reply.thinking }),
      finishReason,
      droppedMessages,
      metrics: clock.metrics(),
      seed: settings.seed,
    };
  }

  /** Some templates open the thinking themselves, so that the reply begins inside it. */
  #endsInThinking(ids: readonly number[]): boolean {
    const end = this.#model.tokenizer.decode(ids.slice(-PROMPT_END_TOKENS), { special: true });
    return end.trimEnd().endsWith('<think>');
  }

  #promptIds(request: SchedulerRequest): { ids: readonly number[]; droppedMessages: number } {
    const { tokenizer, contextLength } = this.#model;
    if (request.messages) {
      const share = Math.min(RESERVE_TOKENS, Math.floor(contextLength * RESERVE_SHARE));
      const reserve = Math.min(request.options.maxTokens ?? share, share);
      return this.#fitter.fit(request.messages, reserve, {
        enableThinking: request.options.enableThinking ?? false,
      });
    }
    const ids = tokenizer.encode(request.prompt ?? '', { addBos: tokenizer.addBosByDefault });
    return { ids, droppedMessages: 0 };
  }
}
