// Cases of bit-planes: every int8, one and many tokens, more groups than a workgroup.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { bitPlanesReference } from './reference.ts';

interface Options {
  readonly name: string;
  readonly tokens: number;
  readonly k: number;
  /** Every code; default random over all of int8. */
  readonly code?: number;
}

function makeCase({ name, tokens, k, code }: Options): KernelCase {
  const codes = () => {
    const next = seededUniform(tokens + k);
    return Int8Array.from({ length: tokens * k }, () => code ?? Math.floor(128 * next()));
  };
  return {
    name,
    shape: { tokens, k },
    inputs: () => ({
      q: new Uint32Array(codes().buffer),
      planes: new Uint32Array((tokens * k) / 4 + 8).fill(0xdeadbeef),
    }),
    expected: () => ({ planes: { kind: 'exact', values: bitPlanesReference(codes()) } }),
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'bit-planes',
  cases: [
    makeCase({ name: 'one token, K = 64', tokens: 1, k: 64 }),
    makeCase({ name: 'one token, K = 6912', tokens: 1, k: 6912 }),
    makeCase({ name: '70 tokens, K = 2592', tokens: 70, k: 2592 }),
    makeCase({ name: 'all -128', tokens: 3, k: 128, code: -128 }),
    makeCase({ name: 'all -1', tokens: 3, k: 128, code: -1 }),
    makeCase({ name: 'all 127', tokens: 3, k: 128, code: 127 }),
  ],
};
