// How much of a prompt goes into one submit: as much as keeps it near a target time, by what submits took before. A chunk
// of tokens is one pass over the graph; a pass may be cut between any two dispatches, which changes no number.
import type { PrefillMode } from '../api/types.ts';
import type { DispatchInfo, PassShape } from '../gpu/graph.ts';

/** What the pace knows of a dispatch. */
export type PacedDispatch = Pick<DispatchInfo, 'label' | 'kernel' | 'params' | 'workgroups'>;

/** What bounds the submits of a mode. */
export interface PaceLimits {
  /** Aim of a submit, in milliseconds; also the most that one dispatch may take, unless a chunk is as small as it can be. */
  readonly submitMs: number;
  /** Submits on their way at a time. */
  readonly inFlight: number;
  /** Dispatches of a submit as long as nothing was measured. */
  readonly firstDispatches: number;
  /**
   * Dispatches after which the first submits of a prompt end, at the latest, and which do not wait for each other: the GPU begins
   * with them while the others are encoded.
   */
  readonly heads: readonly number[];
}

/** Dispatches from `first` up to, but not including, `end`. */
export interface DispatchRange {
  readonly first: number;
  readonly end: number;
}

// A compositor shares the GPU's queue: 8 ms of a frame's 16 leave room for what is mistaken by a quarter. On the CPU it
// shares cores, not a queue; there the time matters only for how soon a stop takes effect.
const FRIENDLY: PaceLimits = { submitMs: 8, inFlight: 1, firstDispatches: 4, heads: [] };
const FRIENDLY_ON_CPU: PaceLimits = { submitMs: 40, inFlight: 1, firstDispatches: 16, heads: [] };
const FAST: PaceLimits = { submitMs: 100, inFlight: 2, firstDispatches: 64, heads: [8, 24, 64, 160] };
const FAST_ON_CPU: PaceLimits = { ...FAST, heads: [] };

/** The limits of a mode. */
export function paceLimits(mode: PrefillMode, onCpu: boolean): PaceLimits {
  if (mode === 'fast') return onCpu ? FAST_ON_CPU : FAST;
  return onCpu ? FRIENDLY_ON_CPU : FRIENDLY;
}

const STEP = 8; // chunks are multiples of it, and at least that
const FIRST_TOKENS = 32;
const REFERENCE: PassShape = { tokens: 64, position: 0 };
/** Attention in f32 against products of int8, per multiplication. Only where a time begins: measurements correct it. */
const ATTENTION_WEIGHT = 4;
/** Dispatches that multiply no matrices, against a product of int8: bytes of a token. */
const OTHER_WEIGHT = 2 ** 14;
/** One measurement changes the expected times by this factor at most. */
const MOST_CHANGE = 2;
/** Measurements that count in full; later ones by half, so that what was only noise passes. */
const EAGER_RECORDS = 8;

// Dispatches that do the same in every layer.
interface Role {
  readonly info: PacedDispatch;
  /** Milliseconds per unit of work; NaN until something was measured. */
  rate: number;
}

/** Learns what the dispatches of a prefill graph take, and cuts passes accordingly. */
export class PrefillPace {
  readonly #limits: PaceLimits;
  readonly #maxTokens: number;
  readonly #roles: readonly Role[];
  readonly #roleOf: readonly Role[];
  #records = 0;
  #warm = 0; // dispatches that have run at least once: the first run of a pipeline tells nothing

  /** @param maxTokens of one chunk; at least 1 */
  constructor(dispatches: readonly PacedDispatch[], maxTokens: number, limits: PaceLimits) {
    this.#limits = limits;
    this.#maxTokens = maxTokens;
    const roles = new Map<string, Role>();
    this.#roleOf = dispatches.map((info) => {
      const name = `${info.label.replace(/^blk\.\d+ /, '')} ${info.kernel}`;
      const role = roles.get(name) ?? { info, rate: 1 };
      roles.set(name, role);
      return role;
    });
    this.#roles = [...roles.values()];
  }

  /** Tokens of the next chunk: as many as keep its longest dispatch within the limit; a multiple of 8 if not the maximum. */
  chunkTokens(position: number): number {
    if (this.#records === 0) return Math.min(FIRST_TOKENS, this.#maxTokens);
    let tokens = this.#maxTokens;
    while (tokens > STEP && this.#longestMs({ tokens, position }) > this.#limits.submitMs) {
      tokens = Math.max(STEP, Math.floor((tokens * 0.9) / STEP) * STEP);
    }
    return tokens;
  }

  /** Where the submit that begins at dispatch `first` of a pass ends. */
  endOfSubmit(first: number, shape: PassShape): number {
    const count = this.#roleOf.length;
    if (this.#records === 0) return Math.min(count, first + this.#limits.firstDispatches);
    let ms = 0;
    for (let end = first; end < count; end++) {
      ms += expectedMs(this.#roleOf[end], shape);
      if (ms > this.#limits.submitMs && end > first) return end;
    }
    return count;
  }

  /** Reports how long a submit took. */
  record({ first, end }: DispatchRange, shape: PassShape, elapsedMs: number): void {
    if (this.#warm < end) {
      this.#warm = end;
      return;
    }
    const expected = new Map<Role, number>();
    let total = 0;
    for (let index = first; index < end; index++) {
      const role = this.#roleOf[index];
      const ms = expectedMs(role, shape);
      expected.set(role, (expected.get(role) ?? 0) + ms);
      total += ms;
    }
    const ratio = Math.max(elapsedMs, 0.01) / total;
    if (this.#records++ === 0) {
      for (const role of this.#roles) role.rate *= ratio;
      return;
    }
    const bounded = Math.min(MOST_CHANGE, Math.max(1 / MOST_CHANGE, ratio));
    const gain = this.#records <= EAGER_RECORDS ? 1 : 0.5;
    // Each role is corrected by its share of the submit, all together by the ratio.
    let squares = 0;
    for (const ms of expected.values()) squares += (ms / total) ** 2;
    for (const [role, ms] of expected) role.rate *= bounded ** ((gain * (ms / total)) / squares);
  }

  #longestMs(shape: PassShape): number {
    return this.#roles.reduce((longest, role) => Math.max(longest, expectedMs(role, shape)), 0);
  }
}

function expectedMs(role: Role, shape: PassShape): number {
  const { params, kernel } = role.info;
  if (kernel.startsWith('attention-prefill/')) {
    const keys = shape.tokens * (shape.position + (shape.tokens + 1) / 2);
    return role.rate * ATTENTION_WEIGHT * 2 * params.heads * params.head_dim * keys;
  }
  const perToken = params.m !== undefined && params.k !== undefined ? params.m * params.k : OTHER_WEIGHT;
  const share = role.info.workgroups(shape) / role.info.workgroups(REFERENCE);
  return role.rate * perToken * REFERENCE.tokens * share;
}
