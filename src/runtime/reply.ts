// The text of a reply as its tokens arrive: characters, then thinking and answer, then stop strings.
import type { StreamDecoder } from '../tokenizer/tokenizer.ts';
import { StopStrings } from './stop-strings.ts';
import { type ReplyParts, ThinkingSplitter } from './thinking.ts';

/** What a reply needs. */
export interface ReplyOptions {
  readonly decoder: StreamDecoder;
  /** Stop strings; they end the answer, and are not looked for in the thinking. */
  readonly stop: readonly string[];
  /** Null: plain completion, whose text is kept as it is. Else a chat: the thinking is split off, leading space goes. */
  readonly chat: { readonly startsThinking: boolean } | null;
  /** Gets text that can be shown now; never called with two empty parts. */
  readonly emit: (parts: ReplyParts) => void;
}

/** Collects one reply. Push every id but the end token, then call finish() unless push() said that it stopped. */
export class Reply {
  readonly #options: ReplyOptions;
  readonly #splitter: ThinkingSplitter | null;
  readonly #stops: StopStrings;
  #answer = '';
  #thinking = '';
  #stopped = false;

  constructor(options: ReplyOptions) {
    this.#options = options;
    this.#splitter = options.chat && new ThinkingSplitter(options.chat);
    this.#stops = new StopStrings(options.stop);
  }

  /** The answer so far. */
  get answer(): string {
    return this.#answer;
  }

  /** The thinking so far. */
  get thinking(): string {
    return this.#thinking;
  }

  /** Takes the next token. @returns true when a stop string ended the answer */
  push(id: number): boolean {
    this.#add(this.#split(this.#options.decoder.push(id)));
    return this.#stopped;
  }

  /** Emits what was held back: half of a tag, half of a stop string, an unfinished character. Once, at the end. */
  finish(): void {
    if (this.#stopped) return;
    this.#add(this.#split(this.#options.decoder.flush()));
    if (this.#splitter && !this.#stopped) this.#add(this.#splitter.flush());
    if (!this.#stopped) this.#append({ thinking: '', answer: this.#stops.flush() });
  }

  #split(text: string): ReplyParts {
    return this.#splitter?.push(text) ?? { thinking: '', answer: text };
  }

  #add({ thinking, answer }: ReplyParts): void {
    const { text, stopped } = this.#stops.push(answer);
    this.#stopped = stopped;
    this.#append({ thinking, answer: text });
  }

  #append(parts: ReplyParts): void {
    // A chat answer begins without the space that tokenizers put before the first word.
    const trims = this.#options.chat !== null && this.#answer === '';
    const answer = trims ? parts.answer.trimStart() : parts.answer;
    if (answer === '' && parts.thinking === '') return;
    this.#answer += answer;
    this.#thinking += parts.thinking;
    this.#options.emit({ thinking: parts.thinking, answer });
  }
}
