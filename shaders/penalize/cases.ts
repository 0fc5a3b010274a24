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

/** Columns after each other, whose drafts count as seen, or sequences with marks of their own. */
function makeColumns(parallel: boolean): KernelCase {
  const v = 321;
  const ids = [5, 6, 320];
  const marks = (seen: Uint32Array, column: number) => {
    if (parallel) return seen.subarray(column * v, (column + 1) * v);
    const own = seen.slice(0, v);
    for (const id of ids.slice(1, column + 1)) own[id] = 1;
    return own;
  };
  return {
    name: `3 ${parallel ? 'sequences' : 'columns'}, V = ${v}`,
    shape: { v, parallel: Number(parallel), columns: 3 },
    inputs() {
      const random = seededUniform(v);
      return {
        seen: Uint32Array.from({ length: parallel ? 3 * v : v }, () => Number(random() > 0.8)),
        settings: packSettings({ repetitionPenalty: 1.5 }),
        ids: Uint32Array.from(ids),
        logits: Float32Array.from({ length: 3 * v }, () => random() * 20),
      };
    },
    expected(inputs) {
      const [logits, seen] = [inputs.logits as Float32Array, inputs.seen as Uint32Array];
      const values = new Float64Array(3 * v);
      for (let column = 0; column < 3; column++) {
        const row = logits.subarray(column * v, (column + 1) * v);
        values.set(penalizeReference(row, marks(seen, column), 1.5), column * v);
      }
      const reason = 'one f32 product, or one division of 2.5 ULP';
      return { logits: { kind: 'close', values, absolute: 0, relative: 3e-7, reason } };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'penalize',
  cases: [
    makeColumns(false),
    makeColumns(true),
    makeCase(320, 1, 0.5),
    makeCase(320, 1.1, 0.5),
    makeCase(4096, 1.3, 0.1),
    makeCase(4097, 0.8, 1),
    makeCase(151935, 1.2, 0.02),
    makeCase(65, 2, 0),
  ],
};
