// The allowed ranges of the sampling options, in one place: public arguments, manifests and the command line check them.

/** A closed range; `aboveMin` excludes its lower end. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly aboveMin?: boolean;
  readonly integer?: boolean;
}

/** Ranges of SamplingOptions, by name of the option; src/api/types.ts says what each means. */
export const SAMPLING_RANGES = {
  temperature: { min: 0, max: 5 },
  topK: { min: 0, max: 1024, integer: true },
  topP: { min: 0, max: 1, aboveMin: true },
  minP: { min: 0, max: 1 },
  repetitionPenalty: { min: 0.5, max: 2 },
  seed: { min: 0, max: 0xffff_ffff, integer: true },
} as const satisfies Record<string, NumberRange>;

/** Whether `value` is a number inside `range`. NaN and infinities never are. */
export function isInRange(value: unknown, range: NumberRange): value is number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  if (range.integer && !Number.isSafeInteger(value)) return false;
  return value <= range.max && (range.aboveMin ? value > range.min : value >= range.min);
}

/** The range in words, for messages: `an integer from 0 to 1024`. */
export function describeRange(range: NumberRange): string {
  const kind = range.integer ? 'an integer' : 'a number';
  return range.aboveMin
    ? `${kind} above ${range.min} and at most ${range.max}`
    : `${kind} from ${range.min} to ${range.max}`;
}
