// Fits a chat into the context: the oldest turns are left out, the system prompt and the last message stay.
import type { ChatMessage } from '../api/types.ts';
import { EngineError } from '../errors.ts';

/** A chat as token ids. */
export interface ChatPrompt {
  readonly ids: readonly number[];
  readonly droppedMessages: number;
}

/** What the caller chooses about the rendering of a chat. */
export interface ChatRendering {
  /** Let the model think before it answers, where its template offers the choice. */
  readonly enableThinking: boolean;
}

/** Renders messages with the generation prompt into ids. */
export type ChatEncoder = (messages: readonly ChatMessage[], rendering: ChatRendering) => readonly number[];

/** When turns must go, so many go that the prompt fills at most this share: later turns then reuse the cache. */
const REFILL_SHARE = 0.6;

/** Remembers how much was dropped, so that the kept part begins at the same turn again while it fits. */
export class ChatPromptFitter {
  readonly #encode: ChatEncoder;
  readonly #contextLength: number;
  #droppedBefore = 0;
  #messagesBefore = 0;

  constructor(encode: ChatEncoder, contextLength: number) {
    this.#encode = encode;
    this.#contextLength = contextLength;
  }

  /**
   * @param reserveTokens room to leave for the answer
   * @throws EngineError 'bad-argument' for no messages, 'context-full' when the last message alone is too long
   */
  fit(
    messages: readonly ChatMessage[],
    reserveTokens: number,
    rendering: ChatRendering = { enableThinking: false },
  ): ChatPrompt {
    if (messages.length === 0) {
      throw new EngineError(
        'bad-argument',
        'The chat has 0 messages; at least 1 is needed. Add a user message.',
      );
    }
    const system = messages[0].role === 'system' ? [messages[0]] : [];
    const turns = messages.slice(system.length);
    const room = this.#contextLength - reserveTokens;
    // A shorter chat than before is another chat.
    const start =
      messages.length > this.#messagesBefore ? Math.min(this.#droppedBefore, turns.length - 1) : 0;
    let limit = room;
    let dropped = Math.max(0, start);
    let ids = this.#encode([...system, ...turns.slice(dropped)], rendering);
    while (ids.length > limit && dropped < turns.length - 1) {
      limit = Math.floor(room * REFILL_SHARE);
      dropped = nextUserTurn(turns, dropped + 1);
      ids = this.#encode([...system, ...turns.slice(dropped)], rendering);
    }
    if (ids.length > room) {
      throw new EngineError(
        'context-full',
        `The last message takes ${ids.length} tokens with the system prompt; the context leaves ${room} of ${this.#contextLength}. Shorten the message.`,
        { details: { have: ids.length, limit: room } },
      );
    }
    this.#droppedBefore = dropped;
    this.#messagesBefore = messages.length;
    return { ids, droppedMessages: dropped };
  }
}

// A chat that begins with an answer confuses models, so whole exchanges are dropped.
function nextUserTurn(turns: readonly ChatMessage[], from: number): number {
  const last = turns.length - 1;
  for (let index = from; index < last; index++) if (turns[index].role === 'user') return index;
  return last;
}
