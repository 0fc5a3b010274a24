// Cases of argmax: vocabularies from 1 to 151 936 and ragged ones, ties, flat and very negative logits.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { argmaxReference } from './reference.ts';

const CANARY = 0x7fc0dead;

function makeCase(name: string, v: number, edit: (logits: Float32Array) => void = () => {}): KernelCase {
  return {
    name: `${name}, V = ${v}`,
    shape: { v, stride: v },
    inputs() {
      const random = seededUniform(v);
      const logits = Float32Array.from({ length: v }, () => random() * 10);
      edit(logits);
      return { logits, chosen: new Uint32Array(4).fill(CANARY) };
    },
    expected(inputs) {
      return {
        chosen: { kind: 'exact', values: Uint32Array.of(argmaxReference(inputs.logits as Float32Array)) },
      };
    },
  };
}

/** Columns with logits of their own, or all with the same. */
function makeColumns(stride: 'own' | 'shared'): KernelCase {
  const v = 4099;
  const columns = 3;
  const row = (logits: Float32Array, column: number) =>
    stride === 'own' ? logits.subarray(column * v, (column + 1) * v) : logits;
  return {
    name: `3 columns with ${stride} logits, V = ${v}`,
    shape: { v, stride: stride === 'own' ? v : 0, columns },
    inputs() {
      const random = seededUniform(v);
      const length = stride === 'own' ? columns * v : v;
      return {
        logits: Float32Array.from({ length }, () => random() * 10),
        chosen: new Uint32Array(4).fill(CANARY),
      };
    },
    expected(inputs) {
      const logits = inputs.logits as Float32Array;
      const ids = Uint32Array.from({ length: columns }, (_, c) => argmaxReference(row(logits, c)));
      return { chosen: { kind: 'exact', values: ids } };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'argmax',
  cases: [
    makeColumns('own'),
    makeColumns('shared'),
    makeCase('one token', 1),
    makeCase('small', 63),
    makeCase('small', 320),
    makeCase('default model', 4096),
    makeCase('large', 151936),
    makeCase('ragged', 151935),
    makeCase('ragged', 128257),
    makeCase('largest is last', 5003, (logits) => logits.fill(11, 5002)),
    makeCase('largest is first', 5003, (logits) => logits.fill(11, 0, 1)),
    makeCase('ties: the lowest index', 4097, (logits) => {
      for (const i of [4096, 4000, 1300, 1299, 2323]) logits[i] = 12;
    }),
    makeCase('ties a workgroup apart', 2048, (logits) => {
      for (const i of [1900, 1100, 844, 588]) logits[i] = 12;
    }),
    makeCase('flat', 3000, (logits) => logits.fill(-2)),
    makeCase('masked but one', 3001, (logits) => logits.fill(-3e38).fill(-1e38, 2222, 2223)),
  ],
};
