// Steps in flight: submits decode steps before their inputs are known to the host, and reads chosen ids some steps behind.
// Knows counts only; who submits a step decides what it computes.
import type { chooseReadBatch } from './read-batch.ts';
import { stepsAhead } from './read-batch.ts';

/** Steps whose chosen ids one read-back brings. */
export interface StepRange {
  readonly firstStep: number;
  readonly count: number;
}

/** What submits the steps of a generation. Step n takes the ids that step n - 1 chose; step 0 is the end of the prompt. */
export interface StepSubmitter {
  /** Submits step `step`; with `read`, also the read-back of those steps, the last of which is this one. */
  submit(step: number, read: StepRange | null): Promise<readonly number[]> | null;
  /** Reads back steps that were submitted before. */
  read(range: StepRange): Promise<readonly number[]>;
}

/** Options of a generation. */
export interface AheadOptions {
  /** Most steps, step 0 counted. */
  readonly limit: number;
  /** Ids that each step chooses. */
  readonly width: number;
  readonly onCpu: boolean;
  readonly readBatch: typeof chooseReadBatch;
}

/** The steps of one generation. */
export class DecodeAhead {
  readonly #submitter: StepSubmitter;
  readonly #options: AheadOptions;
  readonly #inFlight: Promise<readonly number[]>[];
  #submitted = 0; // steps after step 0
  #requested = 1; // steps whose read-back is submitted
  #received = 0;
  #firstMs = 0;

  /** @param first the ids of step 0, on their way */
  constructor(first: Promise<readonly number[]>, submitter: StepSubmitter, options: AheadOptions) {
    this.#inFlight = [first];
    this.#submitter = submitter;
    this.#options = options;
  }

  /** Steps whose ids have come. */
  get received(): number {
    return this.#received;
  }

  /** Steps submitted after step 0: so many tokens after the prompt are in the KV cache, or soon will be. */
  get submitted(): number {
    return this.#submitted;
  }

  /** True when every submitted step has come: something else may run on the sequence. */
  get isIdle(): boolean {
    return this.#received === this.#requested && this.#received === this.#submitted + 1;
  }

  /** Settles when nothing is in flight. */
  settled(): Promise<unknown> {
    return Promise.allSettled(this.#inFlight);
  }

  /** Something else has done the next steps; only when idle. */
  skip(steps: number): void {
    this.#submitted += steps;
    this.#requested += steps;
    this.#received += steps;
  }

  /**
   * Submits steps ahead and waits for the next ids.
   * @param hold true: submits nothing new, so that it becomes idle
   * @returns `width` ids per step, one or more steps; null when `stopped` came first
   */
  async next(stopped: Promise<null>, { hold = false } = {}): Promise<readonly number[] | null> {
    if (!hold) this.#submitAhead();
    if (this.#inFlight.length === 0) {
      // The batch has become smaller than what was submitted in the hope of a larger one.
      const range = { firstStep: this.#requested, count: this.#submitted + 1 - this.#requested };
      this.#inFlight.push(this.#submitter.read(range));
      this.#requested += range.count;
    }
    const ids = await Promise.race([this.#inFlight[0], stopped]);
    if (ids === null) return null;
    this.#inFlight.shift();
    if (this.#received === 0) this.#firstMs = performance.now();
    this.#received += ids.length / this.#options.width;
    return ids;
  }

  #submitAhead(): void {
    const { limit, onCpu, readBatch } = this.#options;
    const received = this.#received;
    const tokenMs = received > 1 ? (performance.now() - this.#firstMs) / (received - 1) : null;
    const batch = readBatch({ received, tokenMs });
    const ahead = stepsAhead(batch, onCpu);
    while (this.#submitted - received + 1 < ahead && this.#submitted + 1 < limit) {
      this.#submitted++;
      const due = this.#submitted + 1 - this.#requested; // steps not yet asked for
      const isDue = due >= batch || this.#submitted + 1 === limit;
      const ids = this.#submitter.submit(
        this.#submitted,
        isDue ? { firstStep: this.#requested, count: due } : null,
      );
      if (ids === null) continue;
      this.#inFlight.push(ids);
      this.#requested += due;
    }
  }
}
