// Whether drafts pay, and how long they should be: from the measured acceptance and the measured times of passes.

/** Tokens of a draft: one less than the columns of the passes that are used. */
const LENGTHS = [1, 3, 7] as const;

/** Most tokens of a draft. */
export const MAX_DRAFT = LENGTHS[LENGTHS.length - 1];

/** Length of a draft that is tried whatever the estimates say. */
const TRIAL_LENGTH = 3;

/** Share of a new measurement in the running estimates. */
const RECENT = 0.25;

/** Before anything is measured: acceptance of each token, and what a further column costs beside a decode step. */
const FIRST_ACCEPTANCE = 0.6;
const FIRST_COLUMN_COST = 0.4;

/** A pass that took longer than this many times its estimate was disturbed, or compiled something. */
const LARGEST_SURPRISE = 2;

/** Tokens that are decoded plainly before drafts are tried again, after the first and after many failures. */
const SHORTEST_PAUSE = 8;
const LONGEST_PAUSE = 128;

/** What one verified draft taught. */
export interface DraftOutcome {
  readonly drafted: number;
  readonly accepted: number;
  /** Time of the pass from submit to ids. */
  readonly ms: number;
}

/**
 * A running estimate of the gain of speculation. Output does not depend on it: only the speed does. One gate serves the
 * generations of a sequence one after the other; see `next`.
 */
export class SpeculationGate {
  #acceptance = FIRST_ACCEPTANCE;
  #columnCost = FIRST_COLUMN_COST; // in decode steps
  #tokenMs: number | null = null;
  #pause = 0;
  #nextPause = SHORTEST_PAUSE;
  #isTrial = true;

  /** For the next generation: the times are kept, the acceptance of another text says nothing. */
  next(): void {
    this.#acceptance = FIRST_ACCEPTANCE;
    this.#pause = 0;
    this.#nextPause = SHORTEST_PAUSE;
    this.#isTrial = true;
  }

  /** Running estimate of the probability that a drafted token is right if the ones before it are. */
  get acceptance(): number {
    return this.#acceptance;
  }

  /** Running estimate of the cost of a further column of a pass, in decode steps. */
  get columnCost(): number {
    return this.#columnCost;
  }

  /**
   * Length of the next draft: the one with the best expected tokens per time.
   * @param available most tokens that a draft can have here
   * @returns 0 when plain decoding is faster, or speculation pauses after failures
   */
  draftLength(available: number): number {
    if (this.#pause > 0 || available < 1) return 0;
    if (this.#isTrial) return available < TRIAL_LENGTH ? 1 : TRIAL_LENGTH;
    let best = 0;
    let bestGain = 1; // plain decoding: a token per step
    for (const length of LENGTHS) {
      if (length > available) break;
      const gain = this.#expectedTokens(length) / (1 + this.#columnCost * length);
      if (gain > bestGain) {
        best = length;
        bestGain = gain;
      }
    }
    if (best === 0) this.#backOff();
    return best;
  }

  /** A draft was verified. */
  recordDraft({ drafted, accepted, ms }: DraftOutcome): void {
    // A token after the first wrong one was no trial.
    const trials = Math.min(drafted, accepted + 1);
    for (let trial = 0; trial < trials; trial++) {
      this.#acceptance = mix(this.#acceptance, trial < accepted ? 1 : 0);
    }
    if (this.#tokenMs !== null) {
      const estimate = this.#tokenMs * (1 + this.#columnCost * drafted);
      const cost = (Math.min(ms, LARGEST_SURPRISE * estimate) / this.#tokenMs - 1) / drafted;
      this.#columnCost = Math.max(0, mix(this.#columnCost, cost));
    }
    this.#isTrial = false;
    if (accepted > 0) this.#nextPause = SHORTEST_PAUSE;
  }

  /** Tokens were decoded plainly. @param ms for all of them; null when they were not measured alone */
  recordPlain(tokens: number, ms: number | null): void {
    this.#pause = Math.max(0, this.#pause - tokens);
    if (ms === null) return;
    this.#tokenMs = mix(this.#tokenMs ?? ms / tokens, ms / tokens);
  }

  // Each token is accepted with the same probability p if the one before was: 1 + p + p^2 ... + p^length.
  #expectedTokens(length: number): number {
    let sum = 1;
    let factor = 1;
    for (let token = 0; token < length; token++) {
      factor *= this.#acceptance;
      sum += factor;
    }
    return sum;
  }

  // After the pause one draft is tried whatever the estimates say: the text may have changed.
  #backOff(): void {
    this.#pause = this.#nextPause;
    this.#nextPause = Math.min(LONGEST_PAUSE, 2 * this.#nextPause);
    this.#isTrial = true;
  }
}

function mix(old: number, latest: number): number {
  return old + RECENT * (latest - old);
}
