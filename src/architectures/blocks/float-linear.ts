// A weight matrix of any storage format, multiplied with f32 activations: models whose weights alone are quantised.
import type { GraphBuilder } from '../../gpu/graph.ts';
import type { BuildContext, TensorSink } from '../architecture.ts';
import { addFloatProduct } from './float-product.ts';
import { exactStorage, RowShards, type RowStorage, sameStorage } from './row-shards.ts';
import type { PassMode, StackedTensor } from './stacked-tensor.ts';

interface Segment {
  readonly matrix: RowShards;
  readonly firstRow: number;
}

interface Run {
  readonly storage: RowStorage;
  readonly firstRow: number;
  readonly parts: StackedTensor[];
}

/** A matrix [rows, columns] of tensors stacked by rows. Its buffers belong to the pool. */
export class FloatLinear {
  readonly rows: number;
  readonly columns: number;
  readonly input = 'float';
  readonly #label: string;
  readonly #segments: readonly Segment[];

  /**
   * Allocates the buffers, adds the sinks. Neighbours in the same storage share buffers and dispatches.
   * @throws EngineError 'bad-file', 'unsupported-model', 'out-of-memory'
   */
  constructor(
    label: string,
    parts: readonly StackedTensor[],
    columns: number,
    context: BuildContext,
    sinks: Map<string, TensorSink>,
  ) {
    this.#label = label;
    this.columns = columns;
    this.rows = parts.reduce((sum, part) => sum + part.rows, 0);
    this.#segments = groupByStorage(parts, context).map(({ storage, firstRow, parts: tensors }) => {
      const rows = tensors.reduce((sum, part) => sum + part.rows, 0);
      const matrix = new RowShards(`${label} from ${firstRow}`, { rows, columns }, storage, context);
      let offset = 0;
      for (const { tensor, rows: tensorRows } of tensors) {
        const target = offset;
        sinks.set(tensor, {
          rows: tensorRows,
          columns,
          consume: (reader, signal) => matrix.consume(reader, target, signal),
        });
        offset += tensorRows;
      }
      return { matrix, firstRow };
    });
  }

  /** Bytes that one product reads. */
  get bytes(): number {
    return this.#segments.reduce((sum, { matrix }) => sum + matrix.bytes, 0);
  }

  /** Adds y[T, rows] (+)= W x to a graph. */
  addTo(
    builder: GraphBuilder,
    mode: PassMode,
    x: GPUBuffer,
    out: GPUBuffer,
    { accumulate }: { readonly accumulate: boolean },
  ): void {
    for (const { matrix, firstRow } of this.#segments) {
      const product = { matrix, firstRow, stride: this.rows, x, out, accumulate };
      addFloatProduct(builder, mode, this.#label, product);
    }
  }
}

function groupByStorage(parts: readonly StackedTensor[], context: BuildContext): readonly Run[] {
  const runs: Run[] = [];
  let firstRow = 0;
  for (const part of parts) {
    const storage = exactStorage(context.tensors.open(part.tensor));
    const last = runs.at(-1);
    if (last && sameStorage(last.storage, storage)) last.parts.push(part);
    else runs.push({ storage, firstRow, parts: [part] });
    firstRow += part.rows;
  }
  return runs;
}
