// Cases of advance: after a prompt, after one token, when the ring wraps, the last id of the vocabulary.
import type { KernelCase, KernelCases } from '../case.ts';
import { packState } from '../common/state.ts';
import { advanceReference } from './reference.ts';

const CANARY = 0x7fc0dead;

function makeCase(name: string, id: number, fields: Parameters<typeof packState>[0]): KernelCase {
  return {
    name,
    shape: { sequences: 1, v: 320 },
    inputs: () => ({
      chosen: Uint32Array.of(id, CANARY, CANARY, CANARY),
      state: packState(fields).fill(CANARY, 8),
      ids: new Uint32Array(3).fill(CANARY),
      ring: new Uint32Array(64).fill(CANARY),
      seen: new Uint32Array(320),
    }),
    expected(inputs) {
      const [state, ids, ring, seen] = [inputs.state, inputs.ids, inputs.ring, inputs.seen] as Uint32Array[];
      const after = advanceReference(id, { state, ids, ring, seen });
      return {
        state: { kind: 'exact', values: after.state },
        ids: { kind: 'exact', values: after.ids },
        ring: { kind: 'exact', values: after.ring },
        seen: { kind: 'exact', values: after.seen },
      };
    },
  };
}

/** Sequences side by side: every one has its place in ring, ids and marks. */
function makeParallel(): KernelCase {
  const chosen = [9, 319, 9];
  return {
    name: '3 sequences',
    shape: { sequences: 3, v: 320 },
    inputs: () => ({
      chosen: Uint32Array.from([...chosen, CANARY]),
      state: packState({ position: 65, tokens: 1, step: 63 }),
      ids: new Uint32Array(4).fill(CANARY),
      ring: new Uint32Array(3 * 64).fill(CANARY),
      seen: new Uint32Array(3 * 320),
    }),
    expected: () => ({
      state: { kind: 'exact', values: packState({ position: 66, tokens: 1, step: 64, chosen: 9 }) },
      ids: { kind: 'exact', values: Uint32Array.from([...chosen, CANARY]) },
      ring: { kind: 'exact', values: Uint32Array.from([...new Array(3 * 63).fill(CANARY), ...chosen]) },
      seen: {
        kind: 'exact',
        values: Uint32Array.from({ length: 960 }, (_, i) => Number(chosen[Math.floor(i / 320)] === i % 320)),
      },
    }),
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'advance',
  cases: [
    makeParallel(),
    makeCase('after a prompt', 7, { position: 0, tokens: 65, seed: 5 }),
    makeCase('after one token', 0, { position: 65, tokens: 1, step: 1, chosen: 7 }),
    makeCase('the ring wraps', 319, { position: 900, tokens: 1, step: 128, chosen: 3 }),
    makeCase('the last place of the ring', 318, { position: 900, tokens: 1, step: 63 }),
  ],
};
