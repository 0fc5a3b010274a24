// Cases of mark-seen: around the workgroup size, repeated ids, marks that exist, ids beyond the prompt and the vocabulary.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { markSeenReference } from './reference.ts';

function makeCase(tokens: number, v: number): KernelCase {
  return {
    name: `${tokens} tokens, V = ${v}`,
    shape: { tokens },
    inputs() {
      const random = seededUniform(tokens + v);
      const id = () => Math.floor((random() + 1) * 0.5 * v);
      const seen = new Uint32Array(v);
      seen[id()] = 1;
      // The ids after `tokens` belong to an earlier, longer chunk and must be ignored.
      return { ids: Uint32Array.from({ length: tokens + 5 }, id).fill(v, 0, tokens > 5 ? 1 : 0), seen };
    },
    expected(inputs) {
      const [ids, seen] = [inputs.ids, inputs.seen] as Uint32Array[];
      return { seen: { kind: 'exact', values: markSeenReference(ids, seen, tokens) } };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'mark-seen',
  cases: [makeCase(1, 320), makeCase(63, 320), makeCase(64, 40), makeCase(65, 4096), makeCase(512, 151936)],
};
