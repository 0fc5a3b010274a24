// The conversation as plain data, and how it is read back from untrusted storage. Knows nothing of the DOM.
import type { ChatMessage, FinishReason, GenerationMetrics } from 'sterna';

/** How an answer ended; `error` when the engine failed in the middle of it. */
export type AnswerEnd = FinishReason | 'error';

/** One message of the person. */
export interface UserTurn {
  readonly role: 'user';
  readonly content: string;
}

/** One answer. */
export interface AnswerTurn {
  readonly role: 'assistant';
  readonly content: string;
  /** What the model thought before; shown, and not sent back to it. */
  readonly thinking?: string;
  readonly end: AnswerEnd;
  readonly metrics?: GenerationMetrics;
}

/** One entry of the conversation. */
export type Turn = UserTurn | AnswerTurn;

/** A conversation, oldest turn first. */
export interface Conversation {
  readonly turns: readonly Turn[];
  /** How many turns at the start the model no longer sees, because its context was full. */
  readonly droppedTurns: number;
}

/** A conversation without turns. */
export const EMPTY_CONVERSATION: Conversation = { turns: [], droppedTurns: 0 };

/** Longest text of one turn in characters; a longer one in storage is taken for damage. */
export const MAX_TURN_CHARACTERS = 200_000;

/** Most turns that are kept; the oldest go first. Keeps the stored record far below the 5 MB of localStorage. */
export const MAX_TURNS = 400;

const FORMAT_VERSION = 1;
const ENDS: readonly string[] = ['stop', 'length', 'context', 'aborted', 'error'] satisfies AnswerEnd[];

/** Adds a turn, dropping the oldest beyond `MAX_TURNS`. */
export function appendTurn(conversation: Conversation, turn: Turn): Conversation {
  const all = [...conversation.turns, turn];
  const excess = Math.max(0, all.length - MAX_TURNS);
  return {
    turns: all.slice(excess),
    droppedTurns: Math.max(0, conversation.droppedTurns - excess),
  };
}

/** Removes the answer at the end, if there is one, so that the question before it can be answered again. */
export function withoutLastAnswer(conversation: Conversation): Conversation {
  const last = conversation.turns.at(-1);
  if (last?.role !== 'assistant') return conversation;
  return withTurns(conversation, conversation.turns.slice(0, -1));
}

/**
 * The messages to send: system prompt (unless blank), then every turn that has text, except questions that
 * got no answer and were followed by another.
 * Old turns are sent too: it is the engine that decides which of them fit the context.
 *
 * @returns `messages`, and for each message after the system prompt the index of its turn
 */
export function toMessages(
  conversation: Conversation,
  systemPrompt: string,
): { messages: ChatMessage[]; turnIndexes: number[] } {
  const messages: ChatMessage[] = [];
  const turnIndexes: number[] = [];
  if (systemPrompt.trim() !== '') messages.push({ role: 'system', content: systemPrompt.trim() });
  conversation.turns.forEach((turn, index) => {
    if (turn.content.trim() === '') return;
    // Chat templates expect question and answer in turn: a later question replaces one that got no answer.
    if (turn.role === 'user' && messages.at(-1)?.role === 'user') {
      messages.pop();
      turnIndexes.pop();
    }
    messages.push({ role: turn.role, content: turn.content });
    turnIndexes.push(index);
  });
  return { messages, turnIndexes };
}

/**
 * Turns at the start that the model did not see.
 *
 * @param droppedMessages as the engine reports it: oldest messages left out, the system prompt not counted
 * @param turnIndexes from `toMessages`
 */
export function droppedTurnCount(droppedMessages: number, turnIndexes: readonly number[]): number {
  if (droppedMessages <= 0 || turnIndexes.length === 0) return 0;
  const last = Math.min(droppedMessages, turnIndexes.length) - 1;
  return turnIndexes[last] + 1;
}

/** Text for storage; `parseConversation` reads it. */
export function serialiseConversation(conversation: Conversation): string {
  return JSON.stringify({ version: FORMAT_VERSION, ...conversation });
}

/**
 * Reads a stored conversation. Storage is untrusted: other code of the same origin, older versions and
 * damaged profiles write there too.
 *
 * @returns null when the text is not a conversation of this version; damaged metrics alone are left out
 */
export function parseConversation(text: string | null): Conversation | null {
  if (text === null) return null;
  const record = parseRecord(text);
  if (record?.version !== FORMAT_VERSION || !Array.isArray(record.turns)) return null;
  const turns: Turn[] = [];
  for (const entry of record.turns.slice(-MAX_TURNS)) {
    const turn = parseTurn(entry);
    if (turn === null) return null;
    turns.push(turn);
  }
  const dropped = record.droppedTurns;
  const isCount = typeof dropped === 'number' && Number.isInteger(dropped) && dropped >= 0;
  return { turns, droppedTurns: isCount ? Math.min(dropped, turns.length) : 0 };
}

function withTurns(conversation: Conversation, turns: readonly Turn[]): Conversation {
  return { turns, droppedTurns: Math.min(conversation.droppedTurns, turns.length) };
}

function parseRecord(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseTurn(entry: unknown): Turn | null {
  if (!isRecord(entry)) return null;
  const { role, content, end } = entry;
  if (typeof content !== 'string' || content.length > MAX_TURN_CHARACTERS) return null;
  if (role === 'user') return { role, content };
  if (role !== 'assistant' || !isAnswerEnd(end)) return null;
  const metrics = parseMetrics(entry.metrics);
  return {
    role,
    content,
    ...(isThinking(entry.thinking) && { thinking: entry.thinking }),
    end,
    ...(metrics && { metrics }),
  };
}

function isThinking(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_TURN_CHARACTERS;
}

function isAnswerEnd(value: unknown): value is AnswerEnd {
  return typeof value === 'string' && ENDS.includes(value);
}

function parseMetrics(value: unknown): GenerationMetrics | null {
  if (!isRecord(value)) return null;
  const read = (name: keyof GenerationMetrics): number => {
    const field = value[name];
    return typeof field === 'number' && Number.isFinite(field) && field >= 0 ? field : Number.NaN;
  };
  const metrics: GenerationMetrics = {
    promptTokens: read('promptTokens'),
    reusedTokens: read('reusedTokens'),
    generatedTokens: read('generatedTokens'),
    prefillTokensPerSecond: read('prefillTokensPerSecond'),
    decodeTokensPerSecond: read('decodeTokensPerSecond'),
    // Conversations that were saved before these were measured lack them.
    generatedBytes: 'generatedBytes' in value ? read('generatedBytes') : 0,
    decodeBytesPerSecond: 'decodeBytesPerSecond' in value ? read('decodeBytesPerSecond') : 0,
    timeToFirstTokenMs: read('timeToFirstTokenMs'),
    queuedMs: read('queuedMs'),
  };
  return Object.values(metrics).some(Number.isNaN) ? null : metrics;
}
