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

/** What may run a dispatch, and what they are compared with. */
export interface CandidateList {
  /** The default first, then in the order of the kernel's declaration. */
  readonly candidates: readonly Candidate[];
  /** The plainest variant: the last that the device can run. */
  readonly twin: KernelVariant;
}

/** @throws Error when no variant fits, as chooseVariant */
export function listCandidates(kernel: Kernel, choice: VariantChoice): CandidateList {
  const fallback = chooseVariant(kernel, choice);
  const fitting = fittingVariants(kernel, choice);
  const candidates = new Map<string, Candidate>();
  const add = (variant: KernelVariant) => {
    const id = candidateId(variant);
    if (!candidates.has(id)) candidates.set(id, { id, variant });
  };
  add(fallback);
  for (const variant of [fallback, ...fitting]) {
    add(variant);
    for (const tuning of variant.tunings ?? []) add(tuneVariant(variant, tuning));
  }
  return { candidates: [...candidates.values()], twin: fitting[fitting.length - 1] };
}

function candidateId({ name, overrides = {} }: KernelVariant): string {
  const values = Object.entries(overrides).sort(([a], [b]) => (a < b ? -1 : 1));
  return [name, ...values.map(([key, value]) => `${key}=${value}`)].join(' ');
}
