// Speculation of one generation on the host: proposes drafts, keeps what became of them.
import type { SpeculationMetrics } from '../../api/types.ts';
import { MAX_DRAFT, type SpeculationGate } from './gate.ts';
import { PromptLookup } from './prompt-lookup.ts';

/** What decides over drafts (SpeculationGate implements it). */
export type Gate = Pick<SpeculationGate, 'next' | 'draftLength' | 'recordDraft' | 'recordPlain'>;

/** What a generation with speculation needs (Speculator implements it). */
export type Drafter = Pick<Speculator, 'propose' | 'recordPass' | 'recordPlain' | 'metrics'>;

/** Proposes drafts for one generation. Push every token of the answer as it is known. */
export class Speculator {
  readonly #gate: Gate;
  readonly #lookup: PromptLookup;
  readonly #maxDraft: number;
  #passes = 0;
  #drafted = 0;
  #accepted = 0;
  #plainMs: number | null = null; // when the last plain token came, unless a pass came between

  /** @param maxDraft most tokens of a draft that a pass can take */
  constructor(gate: Gate, promptIds: readonly number[], maxDraft: number = MAX_DRAFT) {
    gate.next();
    this.#gate = gate;
    this.#lookup = new PromptLookup(promptIds);
    this.#maxDraft = Math.min(maxDraft, MAX_DRAFT);
  }

  /** @param room most tokens of a draft @returns the draft to verify now; empty: decode plainly */
  propose(room: number): readonly number[] {
    const available = Math.min(room, this.#maxDraft);
    if (available < 1) return [];
    const draft = this.#lookup.draft(available);
    return draft.length === 0 ? draft : draft.slice(0, this.#gate.draftLength(available));
  }

  /** A draft was verified. @param chosen what the model chose: the draft up to its first wrong token, and one more */
  recordPass(drafted: number, chosen: readonly number[], ms: number): void {
    const accepted = chosen.length - 1;
    this.#passes++;
    this.#drafted += drafted;
    this.#accepted += accepted;
    this.#gate.recordDraft({ drafted, accepted, ms });
    this.#plainMs = null;
    for (const id of chosen) this.#lookup.push(id);
  }

  /** Tokens came from decode steps. @param nowMs performance.now() */
  recordPlain(ids: readonly number[], nowMs: number): void {
    this.#gate.recordPlain(ids.length, this.#plainMs === null ? null : nowMs - this.#plainMs);
    this.#plainMs = nowMs;
    for (const id of ids) this.#lookup.push(id);
  }

  /** What became of the drafts. */
  metrics(): SpeculationMetrics {
    return {
      passes: this.#passes,
      draftedTokens: this.#drafted,
      acceptedTokens: this.#accepted,
      acceptanceRate: this.#drafted === 0 ? 0 : this.#accepted / this.#drafted,
      tokensPerPass: this.#passes === 0 ? 0 : (this.#accepted + this.#passes) / this.#passes,
    };
  }
}

/** Metrics where speculation was asked for and cannot be. */
export function unavailableSpeculation(reason: string): SpeculationMetrics {
  return {
    passes: 0,
    draftedTokens: 0,
    acceptedTokens: 0,
    acceptanceRate: 0,
    tokensPerPass: 0,
    unavailable: reason,
  };
}
