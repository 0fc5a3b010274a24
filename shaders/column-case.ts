// Cases of several columns made of cases of one: the per-column buffers one after the other, everything else shared.
// Used by cases.ts files only; never bundled into the library.
import type { Buffers, Expectation, KernelCase } from './case.ts';

/** How columns lie in the buffers. */
export interface ColumnLayout {
  /** Inputs and outputs that every column has of its own. */
  readonly perColumn: readonly string[];
  /** Elements of `out` from one column to the next: the length of its buffer in a case of one column. */
  readonly stride: number;
}

/** A case of columns.length columns; the cases must differ in nothing but the contents of the per-column buffers. */
export function columnsCase(columns: readonly KernelCase[], { perColumn, stride }: ColumnLayout): KernelCase {
  const [first] = columns;
  const tokens = columns.length;
  return {
    ...first,
    name: `${tokens} columns: ${first.name}`,
    shape: { ...first.shape, stride, tokens, columns: tokens },
    inputs(layout) {
      const each = columns.map((column) => column.inputs(layout));
      const joined = perColumn.map((name) => [name, join(each.map((inputs) => inputs[name]))]);
      return { ...each[0], ...Object.fromEntries(joined) };
    },
    expected(_, layout) {
      const each = columns.map((column) => {
        const inputs = column.inputs(layout);
        return { inputs, out: column.expected(inputs, layout).out };
      });
      const values = new Float64Array(tokens * stride);
      each.forEach(({ inputs, out }, index) => {
        const part = values.subarray(index * stride, (index + 1) * stride);
        part.set(floatsOf(inputs)); // what lies beyond the result must stay
        part.set(closeOf(out).values);
      });
      const absolute = Math.max(...each.map(({ out }) => closeOf(out).absolute));
      return { out: { ...closeOf(each[0].out), values, absolute } };
    },
  };
}

function join(parts: readonly (Uint32Array | Int32Array | Float32Array)[]): Uint32Array | Float32Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const joined = parts[0] instanceof Float32Array ? new Float32Array(length) : new Uint32Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function floatsOf({ out }: Buffers): Float32Array {
  if (out instanceof Float32Array) return out;
  throw new Error('out must be floats');
}

function closeOf(expectation: Expectation): Expectation & { readonly kind: 'close' } {
  if (expectation.kind === 'close') return expectation;
  throw new Error(`out is compared as ${expectation.kind}; columns need close`);
}
