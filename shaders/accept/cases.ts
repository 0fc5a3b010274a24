// Cases of accept: no draft, all drafts right, the first wrong, one in the middle wrong though a later one fits, a wrapping ring.
import type { KernelCase, KernelCases } from '../case.ts';
import { packState } from '../common/state.ts';
import { acceptReference } from './reference.ts';

const CANARY = 0x7fc0dead;

function makeCase(
  name: string,
  drafts: readonly number[],
  chosen: readonly number[],
  fields: { readonly position: number; readonly step: number },
): KernelCase {
  return {
    name,
    shape: { v: 320 },
    inputs: () => ({
      chosen: Uint32Array.from([...chosen, CANARY, CANARY, CANARY]),
      state: packState({ ...fields, tokens: drafts.length + 1 }).fill(CANARY, 8),
      ids: Uint32Array.from([5, ...drafts, CANARY]),
      ring: new Uint32Array(64).fill(CANARY),
      seen: new Uint32Array(320),
    }),
    expected(inputs) {
      const [state, ids, ring, seen] = [inputs.state, inputs.ids, inputs.ring, inputs.seen] as Uint32Array[];
      const after = acceptReference(inputs.chosen as Uint32Array, { state, ids, ring, seen });
      return {
        state: { kind: 'exact', values: after.state },
        ids: { kind: 'exact', values: after.ids },
        ring: { kind: 'exact', values: after.ring },
        seen: { kind: 'exact', values: after.seen },
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'accept',
  cases: [
    makeCase('no draft', [], [7], { position: 3, step: 1 }),
    makeCase('all drafts right', [9, 319, 0], [9, 319, 0, 11], { position: 64, step: 20 }),
    makeCase('the first draft wrong', [9, 8, 7], [4, 8, 7, 1], { position: 64, step: 20 }),
    makeCase('the second draft wrong, the third right', [9, 8, 7], [9, 4, 7, 1], { position: 64, step: 20 }),
    makeCase('the ring wraps', [1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5, 6, 7, 8], { position: 400, step: 125 }),
  ],
};
