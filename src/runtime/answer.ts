// One answer of a request as its tokens arrive: its text, and why it ended.
import type { Answer, FinishReason } from '../api/types.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { Reply, type ReplyOptions } from './reply.ts';

/** What an answer needs. */
export interface AnswerOptions extends Omit<ReplyOptions, 'decoder'> {
  readonly tokenizer: Tokenizer;
  readonly seed: number;
}

/** Collects one answer. Take every id until it says that the answer has ended, then call finish(). */
export class AnswerBuilder {
  readonly #tokenizer: Tokenizer;
  readonly #reply: Reply;
  readonly #seed: number;
  #tokens = 0;
  #ended = false;

  constructor({ tokenizer, seed, ...options }: AnswerOptions) {
    this.#tokenizer = tokenizer;
    this.#seed = seed;
    this.#reply = new Reply({ ...options, decoder: tokenizer.createStreamDecoder({ continues: true }) });
  }

  /** True once an end token or a stop string came: further ids are not taken. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Takes the next token. @returns true when the answer has ended with it */
  push(id: number): boolean {
    this.#tokens++;
    this.#ended = this.#tokenizer.endIds.has(id) || this.#reply.push(id);
    return this.#ended;
  }

  /** Emits what was held back. @returns the answer; `unended` says why, if neither end token nor stop string did it */
  finish(unended: { readonly aborted: boolean; readonly maxTokens: number }): Answer {
    this.#reply.finish();
    return {
      text: this.#reply.answer,
      ...(this.#reply.thinking && { thinking: this.#reply.thinking }),
      finishReason: this.#ended ? 'stop' : this.#reasonOf(unended),
      seed: this.#seed,
      generatedTokens: this.#tokens,
    };
  }

  #reasonOf({ aborted, maxTokens }: { readonly aborted: boolean; readonly maxTokens: number }): FinishReason {
    if (aborted) return 'aborted';
    return this.#tokens >= maxTokens ? 'length' : 'context';
  }
}
