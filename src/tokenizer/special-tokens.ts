// Finds special tokens written out in a text: longest tokens first, each cut out of what is left of the text.

/** A token that is matched as text before words are cut. */
export interface SpecialToken {
  readonly id: number;
  readonly text: string;
  /** Matched only when special tokens are parsed; else (user-defined tokens) always. */
  readonly control: boolean;
  /** Swallow white space before or after. */
  readonly stripLeft: boolean;
  readonly stripRight: boolean;
}

/** A stretch of plain text, or the id of a special token. */
export type Fragment = string | number;

/** Sorts by text length, longest first, keeping the order of equals; drops empty texts. */
export function sortSpecialTokens(tokens: readonly SpecialToken[]): SpecialToken[] {
  return tokens.filter(({ text }) => text !== '').sort((a, b) => b.text.length - a.text.length);
}

/**
 * Cuts a text at special tokens.
 * @param tokens as sortSpecialTokens yields them
 * @returns fragments in order, without empty texts
 */
export function splitAtSpecialTokens(text: string, tokens: readonly SpecialToken[]): Fragment[] {
  let fragments: Fragment[] = text === '' ? [] : [text];
  for (const token of tokens) {
    // Most tokens do not occur: do not rebuild the list for them.
    if (!fragments.some((fragment) => typeof fragment === 'string' && fragment.includes(token.text)))
      continue;
    const cut: Fragment[] = [];
    for (const fragment of fragments) {
      if (typeof fragment === 'number') cut.push(fragment);
      else cutOut(fragment, token, cut);
    }
    fragments = cut;
  }
  return fragments;
}

function cutOut(text: string, token: SpecialToken, fragments: Fragment[]): void {
  let start = 0;
  for (;;) {
    const found = text.indexOf(token.text, start);
    if (found < 0) break;
    const before = text.slice(start, found);
    const kept = token.stripLeft ? before.trimEnd() : before;
    if (kept !== '') fragments.push(kept);
    fragments.push(token.id);
    start = found + token.text.length;
    if (token.stripRight) start = text.length - text.slice(start).trimStart().length;
  }
  if (start < text.length) fragments.push(text.slice(start));
}
