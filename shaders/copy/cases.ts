// Cases of copy: one element, ragged sizes, more than the grid covers at once.
import type { KernelCase, KernelCases } from '../case.ts';
import { copyReference } from './reference.ts';

const CANARY = 0xdeadbeef;

function makeCase(n: number): KernelCase {
  return {
    name: `${n} elements`,
    shape: { n },
    inputs: () => ({
      source: Uint32Array.from({ length: n * 4 }, (_, index) => Math.imul(index + 1, 2654435761)),
      out: new Uint32Array(n * 4 + 4).fill(CANARY),
    }),
    expected: (inputs) => ({
      out: { kind: 'exact', values: copyReference(inputs.source as Uint32Array, n) },
    }),
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'copy',
  cases: [makeCase(1), makeCase(255), makeCase(257), makeCase(4096 * 256 + 3)],
};
