// Drafts by prompt lookup: what followed the last tokens when they occurred before, in the prompt or in the answer.
// Method: A. Saxena, "Prompt Lookup Decoding" (2023); the index of pairs with chains is that of LZ77 compressors.

/** Tokens at the end of the text that must have occurred before. */
export const MIN_MATCH = 2;

/** Longer matches are not told apart. */
const MAX_MATCH = 16;

/** Earlier places that are looked at, latest first. */
const MAX_PLACES = 24;

/** Ids stay below this, so that a pair of them is a safe integer. */
const ID_LIMIT = 2 ** 26;

/** The text so far, indexed by pairs of neighbours. Ids are below 2^26. */
export class PromptLookup {
  readonly #ids: number[] = [];
  /** Pair -> where it ended last. */
  readonly #last = new Map<number, number>();
  /** End of a pair -> where the same pair ended before; -1: nowhere. */
  readonly #previous: number[] = [];

  /** @param ids the prompt */
  constructor(ids: readonly number[]) {
    for (const id of ids) this.push(id);
  }

  /** Appends the next token. */
  push(id: number): void {
    const end = this.#ids.push(id);
    this.#previous[end] = -1;
    if (end < MIN_MATCH) return;
    const pair = this.#ids[end - 2] * ID_LIMIT + id;
    this.#previous[end] = this.#last.get(pair) ?? -1;
    this.#last.set(pair, end);
  }

  /**
   * The tokens that followed the longest earlier occurrence of the end of the text (of equal ones the latest). Where that
   * occurrence runs into the end, the draft repeats itself.
   * @param count most tokens of the draft
   * @returns empty when the last two tokens have not occurred together before
   */
  draft(count: number): readonly number[] {
    const end = this.#ids.length;
    let best = -1;
    let matched = 0;
    let place = this.#previous[end] ?? -1;
    for (let looked = 0; place > 0 && looked < MAX_PLACES && matched < MAX_MATCH; looked++) {
      const length = this.#commonSuffix(place, end);
      if (length > matched) {
        matched = length;
        best = place;
      }
      place = this.#previous[place];
    }
    if (best < 0) return [];
    const period = end - best;
    return Array.from({ length: count }, (_, index) => this.#ids[best + (index % period)]);
  }

  #commonSuffix(a: number, b: number): number {
    let length = 0;
    while (length < MAX_MATCH && length < a && this.#ids[a - 1 - length] === this.#ids[b - 1 - length])
      length++;
    return length;
  }
}
