// The ways to run one dispatch that the autotuner chooses between: variants of its kernel, each with its own override
// values and with those of its tunings.
import {
  chooseVariant,
  fittingVariants,
  type Kernel,
  type KernelVariant,
  tuneVariant,
  type VariantChoice,
} from '../../gpu/kernel.ts';

/** A variant with fixed overrides. */
export interface Candidate {
  /** Of the variant and its overrides: `dp4a-subgroup MAX_LANES=8 WG_SIZE=64`. Unique within a kernel and layout. */
  readonly id: string;
  readonly variant: KernelVariant;
}

/** A variant with its own overrides, then with those of its tunings. */
export type Family<C> = readonly [C, ...C[]];

/** What may run a dispatch, and what they are compared with. */
export interface CandidateList {
  /** Every one, the default first. */
  readonly candidates: readonly Candidate[];
  /** The same by variant: the default's family first, the others in the order of the kernel's declaration. */
  readonly families: readonly [Family<Candidate>, ...Family<Candidate>[]];
  /** The plainest variant: the last that the device can run. */
  readonly twin: KernelVariant;
}

/** @throws Error when no variant fits, as chooseVariant */
export function listCandidates(kernel: Kernel, choice: VariantChoice): CandidateList {
  const fallback = chooseVariant(kernel, choice);
  const fitting = fittingVariants(kernel, choice);
  const own = familyOf(fallback, choice);
  // The plainest variant only serves comparison on GPUs; on CPU adapters it may win, and barriers cannot.
  const twin = fitting[fitting.length - 1];
  const others = fitting
    .filter((variant) => variant !== fallback && (choice.onCpu ? !variant.barrierHeavy : variant !== twin))
    .map((variant) => familyOf(variant, choice));
  const candidates = [own, ...others].flat();
  return { candidates, families: [own, ...others], twin };
}

function familyOf(variant: KernelVariant, { onCpu }: VariantChoice): Family<Candidate> {
  // On CPU adapters only variants that are meant for them are worth the time; compiling takes most of it there.
  const tunings = onCpu && !variant.cpuOnly ? [] : (variant.tunings ?? []);
  const tuned = tunings.map((tuning) => tuneVariant(variant, tuning));
  return [toCandidate(variant), ...tuned.map(toCandidate)];
}

function toCandidate(variant: KernelVariant): Candidate {
  const values = Object.entries(variant.overrides ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return { id: [variant.name, ...values.map(([key, value]) => `${key}=${value}`)].join(' '), variant };
}
