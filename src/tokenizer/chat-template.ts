// Chat templates: messages to text through Jinja, and to ids such that only the template's own markers become
// control tokens. What a person writes is never parsed for them.

import { EngineError } from '../errors.ts';
import { renderTemplate } from './render-template.ts';
import { type SpecialToken, sortSpecialTokens, splitAtSpecialTokens } from './special-tokens.ts';
import type { Tokenizer } from './tokenizer.ts';

/** One turn, as templates see it. */
export interface TemplateMessage {
  readonly role: string;
  readonly content: string;
}

/** Options of encodeChat. */
export interface EncodeChatOptions {
  /** End with the opening of the assistant's turn. Default false. */
  readonly addGenerationPrompt?: boolean;
  /** Let the model think before it answers, where its template offers the choice. Default false. */
  readonly enableThinking?: boolean;
  /** Date that templates with `strftime_now` write. Default: now. */
  readonly now?: Date;
  /** Further variables for the template. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

// Private-use characters that stand for protected stretches of a message while the template runs:
// OPEN, the number of the stretch in digits 0x10FFE0 + d, CLOSE. They are no white space, so that `trim` keeps them.
const OPEN = '\u{10FFF0}';
const CLOSE = '\u{10FFF1}';
const FIRST_DIGIT = 0x10ffe0;
const RESERVED = /[\u{10FFE0}-\u{10FFE9}\u{10FFF0}\u{10FFF1}]/u;
const PLACEHOLDER = /\u{10FFF0}([\u{10FFE0}-\u{10FFE9}]+)\u{10FFF1}/gu;

/**
 * Renders a chat template.
 * @param variables `add_generation_prompt`, `bos_token`, `eos_token` and whatever else the template uses
 * @param now date that `strftime_now` writes
 * @throws EngineError 'unsupported-model' when the template does not parse, or refuses the messages
 */
export function renderChat(
  template: string,
  messages: readonly TemplateMessage[],
  variables: Readonly<Record<string, unknown>>,
  now: Date = new Date(),
): string {
  try {
    // Copies, since templates may assign to what they are given.
    const copies = messages.map((turn) => ({ ...turn }));
    return renderTemplate(template, { ...variables, messages: copies }, now);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError(
      'unsupported-model',
      `The chat template of the model failed on ${messages.length} messages: ${reason}. Use roles in the order that the model expects, or plain generation without a chat template.`,
      { details: { messages: messages.length }, cause },
    );
  }
}

/**
 * Ids of a chat. BOS comes first when the model asks for it, once, whether or not the template writes it.
 * Control-token texts inside message contents are encoded as ordinary text.
 * @throws EngineError 'unsupported-model' when the template is null, fails, or refuses the messages
 */
export function encodeChat(
  tokenizer: Tokenizer,
  template: string | null,
  messages: readonly TemplateMessage[],
  options: EncodeChatOptions = {},
): number[] {
  if (template === null) throw completionModel();
  const special = controlTokensOf(tokenizer);
  const hidden: string[] = [];
  const safe = messages.map(({ role, content }) => ({
    role,
    content: hideSpecial(content, special, hidden),
  }));
  const variables = {
    bos_token: textOf(tokenizer, tokenizer.bosId),
    eos_token: textOf(tokenizer, tokenizer.eosId),
    enable_thinking: options.enableThinking ?? false,
    ...options.variables,
    add_generation_prompt: options.addGenerationPrompt ?? false,
  };
  const rendered = renderChat(template, safe, variables, options.now);
  const ids: number[] = [];
  for (const fragment of splitAtSpecialTokens(rendered, special)) {
    if (typeof fragment === 'number') {
      ids.push(fragment);
      continue;
    }
    // The hidden stretches come back before encoding, so that words are cut as in the original text.
    const text = fragment.replace(PLACEHOLDER, (_, digits: string) => hidden[parseDigits(digits)] ?? '');
    for (const id of tokenizer.encode(text, { continues: ids.length > 0 })) ids.push(id);
  }
  const { bosId } = tokenizer;
  if (bosId !== null && tokenizer.addBosByDefault && ids[0] !== bosId) ids.unshift(bosId);
  return ids;
}

function completionModel(): EngineError {
  return new EngineError(
    'unsupported-model',
    'The model has no chat template: it completes text and takes no chats. Use plain generation with a prompt, or a model tuned for chat.',
  );
}

function textOf(tokenizer: Tokenizer, id: number | null): string {
  return id === null ? '' : tokenizer.tokenText(id);
}

function controlTokensOf(tokenizer: Tokenizer): SpecialToken[] {
  return sortSpecialTokens(
    [...tokenizer.controlTokens].map(([text, id]) => ({
      id,
      text,
      control: true,
      stripLeft: false,
      stripRight: false,
    })),
  );
}

/** Replaces control-token texts and our own placeholder characters in a content by placeholders. */
function hideSpecial(content: string, special: readonly SpecialToken[], hidden: string[]): string {
  const textOfId = new Map(special.map(({ id, text }) => [id, text]));
  return splitAtSpecialTokens(content, special)
    .map((fragment) => {
      if (typeof fragment === 'number') return hide(textOfId.get(fragment) ?? '', hidden);
      if (!RESERVED.test(fragment)) return fragment;
      return Array.from(fragment, (char) => (RESERVED.test(char) ? hide(char, hidden) : char)).join('');
    })
    .join('');
}

function hide(text: string, hidden: string[]): string {
  const digits = Array.from(String(hidden.length), (digit) =>
    String.fromCodePoint(FIRST_DIGIT + Number(digit)),
  );
  hidden.push(text);
  return OPEN + digits.join('') + CLOSE;
}

function parseDigits(digits: string): number {
  return Number(Array.from(digits, (digit) => (digit.codePointAt(0) ?? FIRST_DIGIT) - FIRST_DIGIT).join(''));
}
