// Splits a reply into what the model thinks and what it answers, while it streams. Models of the Qwen 3 kind write
// `<think>...</think>` before the answer. Knows nothing of tokens; works on text deltas.

/** A piece of a reply. */
export interface ReplyParts {
  readonly thinking: string;
  readonly answer: string;
}

/** Options of ThinkingSplitter. */
export interface ThinkingOptions {
  /** Default `<think>`. */
  readonly openTag?: string;
  /** Default `</think>`. */
  readonly closeTag?: string;
  /** The prompt already ends with the opening tag. Default false. */
  readonly startsThinking?: boolean;
}

/**
 * Splits streamed text. Only a tag at the very start of the reply (after white space) opens the thinking; one that
 * appears later is part of the answer. White space around the thinking and before the answer that follows it is dropped.
 */
export class ThinkingSplitter {
  readonly #open: string;
  readonly #close: string;
  #state: 'start' | 'thinking' | 'answer';
  /** Text that may still belong to a tag, or white space that may turn out to be at an end. */
  #held = '';
  /** White space at the current place is dropped. */
  #trims: boolean;

  constructor(options: ThinkingOptions = {}) {
    this.#open = options.openTag ?? '<think>';
    this.#close = options.closeTag ?? '</think>';
    this.#state = options.startsThinking ? 'thinking' : 'start';
    this.#trims = this.#state === 'thinking';
  }

  /** Whether the model is thinking now. */
  get isThinking(): boolean {
    return this.#state === 'thinking';
  }

  /** Adds text of the reply. @returns what can be shown of it now */
  push(delta: string): ReplyParts {
    this.#held += delta;
    if (this.#state === 'start' && !this.#findOpening()) return { thinking: '', answer: '' };
    const thinking = this.#state === 'thinking' ? this.#takeThinking() : '';
    return { thinking, answer: this.#state === 'answer' ? this.#takeAnswer() : '' };
  }

  /** The rest at the end of the reply; thinking that was never closed stays thinking. */
  flush(): ReplyParts {
    const rest = this.#held;
    this.#held = '';
    if (this.#state === 'thinking') return { thinking: rest.trimEnd(), answer: '' };
    return { thinking: '', answer: this.#trims ? rest.trimStart() : rest };
  }

  /** @returns false while it is open whether the reply starts with the tag */
  #findOpening(): boolean {
    const text = this.#held.trimStart();
    if (text.length < this.#open.length && this.#open.startsWith(text)) return false;
    const isThinking = text.startsWith(this.#open);
    this.#state = isThinking ? 'thinking' : 'answer';
    this.#trims = isThinking;
    if (isThinking) this.#held = text.slice(this.#open.length);
    return true;
  }

  #takeThinking(): string {
    if (this.#trims) this.#held = this.#held.trimStart();
    const end = this.#held.indexOf(this.#close);
    if (end >= 0) {
      const thinking = this.#held.slice(0, end).trimEnd();
      this.#held = this.#held.slice(end + this.#close.length);
      this.#state = 'answer';
      this.#trims = true;
      return thinking;
    }
    const shown = this.#held.slice(0, this.#held.length - partialLength(this.#held, this.#close)).trimEnd();
    this.#held = this.#held.slice(shown.length);
    if (shown !== '') this.#trims = false;
    return shown;
  }

  #takeAnswer(): string {
    const answer = this.#trims ? this.#held.trimStart() : this.#held;
    this.#held = '';
    if (answer !== '') this.#trims = false;
    return answer;
  }
}

/** Splits a whole reply. */
export function splitThinking(reply: string, options: ThinkingOptions = {}): ReplyParts {
  const splitter = new ThinkingSplitter(options);
  const first = splitter.push(reply);
  const rest = splitter.flush();
  return { thinking: first.thinking + rest.thinking, answer: first.answer + rest.answer };
}

/** Length of the longest end of the text that begins the tag. */
function partialLength(text: string, tag: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(tag.slice(0, length))) return length;
  }
  return 0;
}
