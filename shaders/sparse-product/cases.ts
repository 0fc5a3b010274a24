// Cases of sparse-product: two and four entries, floats and codes, unused slots, shards, extremes.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { type SparseEntry, sparseProductReference } from './reference.ts';

interface Options {
  readonly name: string;
  readonly m: number;
  readonly k: number;
  readonly slots: number;
  readonly tokens?: number;
  /** Columns per scale of int8 activations; 0: floats. */
  readonly block: number;
  readonly firstRow?: number;
  readonly stride?: number;
  /** Small integers and powers of two, so that sums are exact. */
  readonly exact?: boolean;
  /** Every entry has this value. Default random, some slots unused. */
  readonly value?: number;
}

/** What `out` holds before: exact to add to. */
const OLD = -7;

function makeEntries({ m, k, slots, exact, value }: Options): SparseEntry[] {
  const random = seededUniform(m * 7919 + k + slots);
  const most = exact ? 31 : 1023;
  return Array.from({ length: (m * k * slots) / 32 }, (_, at) => {
    const block = Math.floor(at / slots) % (k / 32);
    const unused = value === undefined && random() > 0.8;
    return {
      row: Math.floor(at / ((k / 32) * slots)),
      column: 32 * block + Math.floor(16 * (random() + 1)),
      value: unused ? 0 : (value ?? Math.round(most * random())),
    };
  });
}

// Two entries per word, the lower first.
function packEntries(entries: readonly SparseEntry[]): Uint32Array {
  const halves = Uint16Array.from(entries, ({ column, value }) => (column % 32) + 32 * (value & 2047));
  return new Uint32Array(halves.buffer);
}

function makeInput({ k, tokens = 1, block, exact }: Options) {
  const random = seededUniform(k + tokens + block);
  const most = exact ? 7 : 127;
  const codes = Int8Array.from({ length: tokens * k }, () => Math.round(most * random()));
  if (block === 0) {
    const floats = Float32Array.from(codes, (code) => (exact ? code : code * random()));
    const none = new Float32Array(4).fill(Number.NaN); // must not matter
    return { x: new Uint32Array(floats.buffer), scales: none, values: Float64Array.from(floats) };
  }
  const scales = Float32Array.from({ length: (tokens * k) / block }, (_, at) =>
    exact ? 2 ** ((at % 3) - 2) : 0.02 * (1.5 + random()),
  );
  const values = Float64Array.from(codes, (code, at) => code * scales[Math.floor(at / block)]);
  return { x: new Uint32Array(codes.buffer), scales, values };
}

function makeCase(options: Options): KernelCase {
  const { name, m, k, slots, tokens = 1, block, firstRow = 0, exact = false } = options;
  const { stride = firstRow + m } = options;
  const scale = Float32Array.from({ length: m }, (_, row) => (exact ? 2 ** -(row % 4) : 0.01 + row / 1000));
  return {
    name,
    shape: { m, k, slots, block, first_row: firstRow, stride, tokens },
    inputs() {
      const { x, scales } = makeInput(options);
      return {
        entries: packEntries(makeEntries(options)),
        scale,
        x,
        x_scale: scales,
        out: new Float32Array(tokens * stride + 3).fill(OLD),
      };
    },
    expected() {
      const { values: x } = makeInput(options);
      const { y, magnitude } = sparseProductReference(makeEntries(options), scale, x, k);
      const values = new Float64Array(tokens * stride).fill(OLD);
      y.forEach((value, at) => {
        values[Math.floor(at / m) * stride + firstRow + (at % m)] += value;
      });
      const absolute = exact ? 0 : ((k / 32) * slots + 8) * 2 ** -24 * (magnitude - OLD);
      const reason = exact ? 'small integers, exact in any order' : 'a chain of f32 sums';
      return { out: { kind: 'close', values, absolute, relative: 0, reason } };
    },
  };
}

/** All cases. */
export const cases: KernelCases = {
  kernel: 'sparse-product',
  cases: [
    makeCase({ name: 'one row, 2 of 32, exact', m: 1, k: 32, slots: 2, block: 32, exact: true }),
    makeCase({ name: 'codes, 2 of 32, exact', m: 67, k: 768, slots: 2, block: 768, exact: true }),
    makeCase({
      name: 'codes, 4 of 32, scales per 32, exact',
      m: 67,
      k: 768,
      slots: 4,
      block: 32,
      exact: true,
    }),
    makeCase({ name: 'floats, 4 of 32, exact', m: 33, k: 256, slots: 4, block: 0, exact: true }),
    makeCase({ name: 'floats, 2 of 32, five tokens', m: 130, k: 2560, slots: 2, block: 0, tokens: 5 }),
    makeCase({
      ...{ name: 'codes, four tokens, middle rows', m: 50, k: 512, slots: 4, block: 512, tokens: 4 },
      ...{ firstRow: 11, stride: 70 },
    }),
    makeCase({ name: 'smallest value', m: 5, k: 128, slots: 4, block: 128, value: -1024, exact: true }),
    makeCase({ name: 'all slots unused', m: 5, k: 128, slots: 2, block: 128, value: 0 }),
  ],
};
