// Cases of penalize: no penalty, strong and inverse ones, ragged vocabularies, nothing and everything seen.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { packSettings } from '../common/settings.ts';
import { penalizeReference } from './reference.ts';

const CANARY = -77;

function makeCase(v: number, penalty: number, seenShare: number): KernelCase {
  return {
    name: `V = ${v}, penalty ${penalty}, ${seenShare * 100} % seen`,
    shape: { v, parallel: 0 },
    inputs() {
      const random = seededUniform(v);
      return {
        seen: Uint32Array.from({ length: v }, () => Number((random() + 1) / 2 < seenShare)),
        ids: new Uint32Array(4).fill(1),
        settings: packSettings({ repetitionPenalty: penalty, temperature: 3, topP: 5, minP: 7 }),
        logits: Float32Array.from({ length: v + 2 }, (_, i) => (i < v ? random() * 20 : CANARY)),
      };
    },
    expected(inputs) {
      const logits = (inputs.logits as Float32Array).subarray(0, v);
      return {
        logits: {
          kind: 'close',
          values: penalizeReference(logits, inputs.seen as Uint32Array, Math.fround(penalty)),
          absolute: 0,
          relative: penalty === 1 ? 0 : 3e-7,
          reason: 'one f32 product, or one division of 2.5 ULP',
        },
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'penalize',
  cases: [
    makeCase(320, 1, 0.5),
    makeCase(320, 1.1, 0.5),
    makeCase(4096, 1.3, 0.1),
    makeCase(4097, 0.8, 1),
    makeCase(151935, 1.2, 0.02),
    makeCase(65, 2, 0),
  ],
};
