// Embedding and head: streamed a window of rows at a time, rotated on the way.

import type { FloatRows } from '../convert/encode-tensor.ts';
import { TARGETS } from '../convert/targets.ts';
import type { OutputTensor } from '../convert/write-model.ts';
import { encodeCodes } from '../quant/coded/codec.ts';
import { encodeF32 } from '../quant/f32/format.ts';
import {
  CODE_COLUMN_MULTIPLE,
  type CodeTensorSpec,
  sideTensorNames,
} from '../quant/quantization-metadata.ts';
import { checkFinite } from './float-layer.ts';
import { type RotationPlan, scaleColumns } from './fold-rotation.ts';
import { rotateRows } from './hadamard.ts';
import { planCodes } from './matrix-storage.ts';
import { quantizeError } from './quantize-error.ts';
import type { TableType } from './recipe.ts';
import { roundToNearest } from './rtn.ts';
import type { SourceModel } from './source-model.ts';

/** One table. */
export interface TableTask {
  /** Name in the output. */
  readonly name: string;
  /** Name in the source: that of the embedding for a head that was tied to it. */
  readonly from: string;
  readonly type: TableType;
  /** [columns] f32 to multiply the columns with; null: none. */
  readonly gain: Float32Array | null;
  readonly residual: RotationPlan['residual'];
}

/** Tensors of one table. */
export interface TablePlan {
  readonly tensors: readonly OutputTensor[];
  readonly codes: readonly (readonly [name: string, spec: CodeTensorSpec])[];
}

/** Elements of one window: 4 MiB of floats. */
const WINDOW_ELEMENTS = 1 << 20;

/**
 * Plans a table; its rows are read when it is written.
 * @throws EngineError 'bad-argument' with the reason bad-group when rows do not fit the type, 'bad-file'
 */
export async function planTable(source: SourceModel, task: TableTask): Promise<TablePlan> {
  const { name, gain, residual } = task;
  const isUntouched = gain === null && residual === null && task.from === name;
  if (task.type === 'keep' && isUntouched) return { tensors: [source.copy(name)], codes: [] };
  const { rows, columns } = await source.open(task.from);
  checkTableWidth(name, task.type, columns);
  if (task.type === 'int8') return planInt8(source, task, { rows, columns });
  const target = TARGETS[task.type === 'keep' ? 'f32' : task.type];
  const encode = target.encode ?? encodeF32;
  const tensor: OutputTensor = {
    name,
    dims: [columns, rows],
    type: target.ggmlType,
    async *parts(signal) {
      for await (const values of readWindows(source, task, signal)) yield encode(values);
    },
  };
  return { tensors: [tensor], codes: [] };
}

/**
 * Checks that rows of a table fit its type; what is kept fits.
 * @throws EngineError 'bad-argument' with the reason bad-group
 */
export function checkTableWidth(name: string, type: TableType, columns: number): void {
  if (type === 'keep') return;
  const multiple = type === 'int8' ? CODE_COLUMN_MULTIPLE : TARGETS[type].blockElements;
  if (columns % multiple === 0) return;
  throw quantizeError(
    'bad-argument',
    'bad-group',
    `Tensor ${name} has rows of ${columns}; ${type} needs a multiple of ${multiple}. Choose another type for embedding and head.`,
    { tensor: name, columns },
  );
}

function planInt8(
  source: SourceModel,
  task: TableTask,
  size: Pick<FloatRows, 'rows' | 'columns'>,
): TablePlan {
  const spec: CodeTensorSpec = { kind: 'int8', groupSize: 0, columns: size.columns };
  const { tensors, codes } = planCodes({ name: task.name, ...size }, spec);
  const rowScales: Float32Array[] = [];
  const parts = {
    // The codes stand first in the file, so that all scales are known when their turn comes.
    async *[task.name](signal?: AbortSignal) {
      for await (const values of readWindows(source, task, signal)) {
        const rows = values.length / size.columns;
        const weights = { rows, columns: size.columns, values, excluded: null };
        const coded = roundToNearest(weights, { kind: 'int8', group: 0 });
        rowScales.push(coded.scales);
        yield encodeCodes('int8', coded.codes);
      }
    },
    async *[sideTensorNames(task.name).codeScale]() {
      for (const scales of rowScales.splice(0)) yield encodeF32(scales);
    },
  };
  return { tensors: tensors.map((tensor) => ({ ...tensor, parts: parts[tensor.name] })), codes };
}

async function* readWindows(
  source: SourceModel,
  task: TableTask,
  signal?: AbortSignal,
): AsyncGenerator<Float32Array> {
  const reader = await source.open(task.from, signal);
  const windowRows = Math.max(1, Math.floor(WINDOW_ELEMENTS / reader.columns));
  for (let row = 0; row < reader.rows; row += windowRows) {
    signal?.throwIfAborted();
    const count = Math.min(windowRows, reader.rows - row);
    yield readTableRows(reader, task, { row, count, fileName: source.file.name }, signal);
  }
}

/** Rows as they are written, before rounding. @throws EngineError 'bad-file' with the reason non-finite-weight */
export async function readTableRows(
  reader: FloatRows,
  { from, gain, residual }: Pick<TableTask, 'from' | 'gain' | 'residual'>,
  { row, count, fileName }: { readonly row: number; readonly count: number; readonly fileName: string },
  signal?: AbortSignal,
): Promise<Float32Array> {
  const values = (await reader.readFloats(row, count, signal)).slice();
  checkFinite(values, `Tensor ${from} of ${fileName}`, from, row * reader.columns);
  if (gain !== null) scaleColumns(values, gain);
  if (residual !== null) rotateRows(values, reader.columns, residual.block, residual.signs);
  return values;
}
