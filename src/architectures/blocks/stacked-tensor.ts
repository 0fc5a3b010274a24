// What the kinds of linear layers have in common: the tensors that they are stacked of, and the mode of a pass.
import type { BuildContext, TensorSink, WordSink } from '../architecture.ts';
import {
  exactStorage,
  planeStorage,
  RowShards,
  type RowStorage,
  type RowTail,
  sameStorage,
} from './row-shards.ts';

/** Decode: one token per pass. Prefill: up to a chunk. Columns: a few tokens, each with the arithmetic of decode. */
export type PassMode = 'decode' | 'prefill' | 'columns';

/** One tensor of a matrix stacked by rows (q|k|v, gate|up). */
export interface StackedTensor {
  readonly tensor: string;
  readonly rows: number;
}

/** Where a run of stacked tensors lies in the result of the whole layer. */
export interface StackPlace {
  /** Row of the result that belongs to row 0 of the run. */
  readonly firstRow: number;
  /** Rows of the whole result: elements from one token to the next. */
  readonly stride: number;
}

/** Neighbours in one storage: one matrix. */
export interface StackSegment {
  readonly matrix: RowShards;
  /** Row of the whole result that belongs to row 0 of the matrix. */
  readonly firstRow: number;
}

/** Rows of all tensors together. */
export function rowsOf(parts: readonly StackedTensor[]): number {
  return parts.reduce((sum, part) => sum + part.rows, 0);
}

/** Splits into runs of neighbours that `same` holds for; `firstRow` of each run is counted from `firstRow`. */
export function splitRuns<Kind>(
  parts: readonly StackedTensor[],
  firstRow: number,
  kindOf: (part: StackedTensor) => Kind,
  same: (a: Kind, b: Kind) => boolean,
): readonly { readonly kind: Kind; readonly firstRow: number; readonly parts: readonly StackedTensor[] }[] {
  const runs: { kind: Kind; firstRow: number; parts: StackedTensor[] }[] = [];
  let row = firstRow;
  for (const part of parts) {
    const kind = kindOf(part);
    const last = runs.at(-1);
    if (last && same(last.kind, kind)) last.parts.push(part);
    else runs.push({ kind, firstRow: row, parts: [part] });
    row += part.rows;
  }
  return runs;
}

/**
 * Allocates the buffers of tensors stacked by rows and adds their sinks. Neighbours in the same storage share buffers and
 * dispatches.
 * @param stack.planes ternary and binary codes become bit planes where they fit. Default false.
 * @param stack.tail room behind the rows of each buffer of codes. Default none.
 * @throws EngineError 'bad-file', 'unsupported-model', 'out-of-memory'
 */
export function createSegments(
  label: string,
  stack: {
    readonly parts: readonly StackedTensor[];
    readonly columns: number;
    readonly firstRow: number;
    readonly planes?: boolean;
    readonly tail?: RowTail;
  },
  context: BuildContext,
  sinks: Map<string, TensorSink | WordSink>,
): readonly StackSegment[] {
  const { columns, tail } = stack;
  const storageOf = ({ tensor }: StackedTensor): RowStorage => {
    const reader = context.tensors.open(tensor);
    return (stack.planes ? planeStorage(reader) : null) ?? exactStorage(reader);
  };
  const runs = splitRuns(stack.parts, stack.firstRow, storageOf, sameStorage);
  return runs.map(({ kind: storage, firstRow, parts }) => {
    const name = `${label} from ${firstRow}`;
    const matrix = new RowShards(name, { rows: rowsOf(parts), columns, tail }, storage, context);
    let offset = 0;
    for (const { tensor, rows } of parts) {
      const target = offset;
      sinks.set(tensor, {
        rows,
        columns,
        consume: (reader, signal) => matrix.consume(reader, target, signal),
      });
      offset += rows;
    }
    return { matrix, firstRow };
  });
}
