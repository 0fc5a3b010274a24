// Finds stop strings in streamed text without showing a part of one.

/** What may be shown after a piece of text. */
export interface StopResult {
  /** Text that cannot be part of a stop string any more. */
  readonly text: string;
  /** True when a stop string was found; nothing follows then. */
  readonly stopped: boolean;
}

/** Holds text back while it could be the beginning of a stop string. */
export class StopStrings {
  readonly #stops: readonly string[];
  #held = '';

  /** @param stops empty strings are ignored */
  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '');
  }

  /** Adds text. */
  push(text: string): StopResult {
    this.#held += text;
    let first = -1;
    for (const stop of this.#stops) {
      const at = this.#held.indexOf(stop);
      if (at >= 0 && (first < 0 || at < first)) first = at;
    }
    if (first >= 0) {
      const shown = this.#held.slice(0, first);
      this.#held = '';
      return { text: shown, stopped: true };
    }
    const keep = this.#longestPartial();
    const shown = this.#held.slice(0, this.#held.length - keep);
    this.#held = this.#held.slice(this.#held.length - keep);
    return { text: shown, stopped: false };
  }

  /** What is still held at the end. */
  flush(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }

  // Length of the longest end of the held text that begins a stop string.
  #longestPartial(): number {
    let longest = 0;
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, this.#held.length); length > longest; length--) {
        if (this.#held.endsWith(stop.slice(0, length))) longest = length;
      }
    }
    return longest;
  }
}
