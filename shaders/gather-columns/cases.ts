// Cases of gather-columns: floats and codes, one and many tokens, more elements than a workgroup.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { gatherColumnsReference } from './reference.ts';

interface Options {
  readonly name: string;
  readonly tokens: number;
  readonly k: number;
  readonly columns: number;
  /** Columns per scale of int8 codes; 0: floats. */
  readonly block: number;
}

function makeCase({ name, tokens, k, columns, block }: Options): KernelCase {
  const random = () => seededUniform(tokens * 7919 + k + columns);
  const codes = () => {
    const next = random();
    return Int8Array.from({ length: tokens * k }, () => Math.round(127 * next()));
  };
  const floats = () => {
    const next = random();
    return Float32Array.from({ length: tokens * k }, next);
  };
  return {
    name,
    shape: { k, block, columns, tokens },
    inputs() {
      const next = random();
      return {
        x: block === 0 ? floats() : new Uint32Array(codes().buffer),
        x_scale:
          block === 0
            ? new Float32Array(4).fill(Number.NaN) // must not matter
            : Float32Array.from({ length: (tokens * k) / block }, () => 0.02 * (1.5 + next())),
        index: Uint32Array.from({ length: columns }, (_, j) => Math.floor((j * k) / columns) + (j % 2)),
        out: new Float32Array(tokens * columns + 4).fill(-7),
      };
    },
    expected(inputs) {
      const input =
        block === 0
          ? { floats: floats() }
          : { codes: codes(), scales: inputs.x_scale as Float32Array, block };
      const values = gatherColumnsReference(input, k, inputs.index as Uint32Array);
      return {
        out: { kind: 'close', values, absolute: 0, relative: 2 ** -24, reason: 'one product, rounded once' },
      };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'gather-columns',
  cases: [
    makeCase({ name: 'floats, one token', tokens: 1, k: 256, columns: 64, block: 0 }),
    makeCase({ name: 'floats, 33 tokens', tokens: 33, k: 2560, columns: 192, block: 0 }),
    makeCase({ name: 'codes, one scale per token', tokens: 9, k: 640, columns: 64, block: 640 }),
    makeCase({ name: 'codes, scales per 32', tokens: 9, k: 640, columns: 128, block: 32 }),
  ],
};
