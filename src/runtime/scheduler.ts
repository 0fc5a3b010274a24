// Queues generations and runs them one at a time: prompt to ids, ids to text deltas, stop conditions, metrics.
import type { ChatMessage, GenerateOptions, GenerationResult, SamplingOptions } from '../api/types.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { AnswerBuilder, type AnswerOptions } from './answer.ts';
import { type ChatEncoder, ChatPromptFitter } from './chat-prompt.ts';
import { GenerationClock } from './metrics.ts';
import { resolveSampling } from './sampling.ts';
import type { RunOptions } from './sequence.ts';
import { unavailableSpeculation } from './speculation/speculator.ts';

/** What the scheduler needs of a sequence (Sequence implements it). */
export interface TokenSource {
  run(promptIds: readonly number[], options: RunOptions): AsyncGenerator<number, void>;
  /** Whether runParallel can be used; else several answers are generated one after the other. */
  readonly takesParallel: boolean;
  runParallel(
    promptIds: readonly number[],
    answers: number,
    options: RunOptions,
  ): AsyncGenerator<readonly number[], void>;
}

/** What comes with a piece of an answer. */
export interface ReplyProgress {
  /** Which answer, when there are several. */
  readonly answer?: number;
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

const SIDE_BY_SIDE = 'answers side by side take a token each per pass';

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
    const count = request.options.n ?? 1;
    const answers = Array.from({ length: count }, (_, index) =>
      this.#openAnswer(request, ids, {
        seed: (settings.seed + index) >>> 0,
        emit: ({ answer, thinking }) => {
          clock.recordText(thinking + answer);
          request.onDelta(answer, {
            ...(thinking && { thinking }),
            ...(count > 1 && { answer: index }),
            generatedTokens: clock.generatedTokens,
            droppedMessages,
          });
        },
      }),
    );
    const maxTokens = request.options.maxTokens ?? Number.POSITIVE_INFINITY;
    const run: RunOptions = {
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
    };
    if (!request.signal.aborted) await this.#generate(answers, ids, run, clock);
    const finished = answers.map((answer) => answer.finish({ aborted: request.signal.aborted, maxTokens }));
    const { generatedTokens: _, ...first } = finished[0];
    return { ...first, answers: finished, droppedMessages, metrics: clock.metrics() };
  }

  #openAnswer(
    request: SchedulerRequest,
    promptIds: readonly number[],
    { seed, emit }: Pick<AnswerOptions, 'seed' | 'emit'>,
  ): AnswerBuilder {
    return new AnswerBuilder({
      tokenizer: this.#model.tokenizer,
      stop: request.options.stop ?? [],
      chat: request.messages ? { startsThinking: this.#endsInThinking(promptIds) } : null,
      seed,
      emit,
    });
  }

  async #generate(
    answers: readonly AnswerBuilder[],
    promptIds: readonly number[],
    run: RunOptions,
    clock: GenerationClock,
  ): Promise<void> {
    const { source } = this.#model;
    if (answers.length > 1 && source.takesParallel) {
      if (run.speculation === 'prompt-lookup') run.onSpeculated?.(unavailableSpeculation(SIDE_BY_SIDE));
      await generateSideBySide(answers, source.runParallel(promptIds, answers.length, run), clock);
      return;
    }
    // One after the other: the prompt stays in the cache.
    for (const [index, answer] of answers.entries()) {
      if (run.signal?.aborted) return;
      const settings = { ...run.settings, seed: (run.settings.seed + index) >>> 0 };
      const onPrefilled = index === 0 ? run.onPrefilled : undefined;
      for await (const id of source.run(promptIds, { ...run, settings, onPrefilled })) {
        clock.recordTokens(1);
        if (answer.push(id)) break;
      }
    }
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

async function generateSideBySide(
  answers: readonly AnswerBuilder[],
  run: AsyncGenerator<readonly number[], void>,
  clock: GenerationClock,
): Promise<void> {
  for await (const ids of run) {
    for (let step = 0; step < ids.length; step += answers.length) {
      const open = answers
        .map((answer, index) => ({ answer, id: ids[step + index] }))
        .filter(({ answer }) => !answer.ended);
      clock.recordTokens(open.length);
      for (const { answer, id } of open) answer.push(id);
      if (answers.every(({ ended }) => ended)) return;
    }
  }
}
