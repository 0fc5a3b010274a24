// Opens one tensor of a checkpoint as rows of floats, whatever form its matrices are stored in.

import { EngineError } from '../errors.ts';
import type { FloatReader } from '../quant/format.ts';
import { openTensor } from '../quant/index.ts';
import type { SafetensorsTensor } from '../safetensors/reader.ts';
import { GGML_TYPE } from '../util/ggml-types.ts';
import type { CheckpointConfig } from './checkpoint-config.ts';
import type { FloatRows } from './encode-tensor.ts';
import { openMasterTernary } from './master-ternary.ts';
import { findMlxTensors, openMlxAffine } from './mlx-affine.ts';
import { openPackedTernary } from './packed-ternary.ts';
import { permuteRows } from './permuted-rows.ts';
import type { PlannedTensor } from './tensor-plan.ts';

/** Opens the rows; reads what has to be known before the first of them, such as a scale. */
export type OpenRows = (signal?: AbortSignal) => Promise<FloatRows>;

const SAFETENSORS_TYPES: ReadonlyMap<string, number> = new Map([
  ['F32', GGML_TYPE.F32],
  ['F16', GGML_TYPE.F16],
  ['BF16', GGML_TYPE.BF16],
]);

/**
 * Finds a tensor and checks its shape; its bytes are read when the result is called.
 * @returns rows in GGUF order
 * @throws EngineError 'bad-file' when it is missing or has another shape
 */
export function openStored(
  checkpoint: ReadonlyMap<string, SafetensorsTensor>,
  tensor: PlannedTensor,
  config: CheckpointConfig,
  folderName: string,
): OpenRows {
  const open = openInStoredOrder(checkpoint, tensor, config, folderName);
  const { permutedHeads } = tensor;
  if (permutedHeads === 0) return open;
  return async (signal) => permuteRows(await open(signal), permutedHeads);
}

function openInStoredOrder(
  checkpoint: ReadonlyMap<string, SafetensorsTensor>,
  tensor: PlannedTensor,
  config: CheckpointConfig,
  folderName: string,
): OpenRows {
  const { rows, columns, from, kind } = tensor;
  const { quantization } = config;
  const stored = findTensor(checkpoint, from, folderName);
  if (quantization.method === 'mlx-affine') {
    const module = findMlxTensors(checkpoint, from.replace(/\.weight$/, ''));
    if (module !== null) {
      const reader = openMlxAffine(module, quantization);
      if (reader.rows !== rows || reader.columns !== columns) {
        throw wrongShape(stored, `${quantization.bits}-bit codes of [${rows}, ${columns}]`);
      }
      return async () => reader;
    }
  }
  if (kind === 'matrix' && quantization.method === 'packed-ternary') {
    const scale = findTensor(checkpoint, `${from}_scale`, folderName);
    return openPacked(stored, scale, tensor, quantization.scale);
  }
  const floats = openFloats(stored, rows, columns);
  if (kind === 'matrix' && config.masterWeights) return (signal) => openMasterTernary(floats, signal);
  return async () => floats;
}

function openPacked(
  stored: SafetensorsTensor,
  scaleTensor: SafetensorsTensor,
  { rows, columns }: PlannedTensor,
  rule: 'multiply' | 'divide',
): OpenRows {
  const [packedRows, packedColumns] = stored.shape;
  const fits =
    stored.dtype === 'U8' &&
    stored.shape.length === 2 &&
    packedRows * 4 === rows &&
    packedColumns === columns;
  if (!fits) throw wrongShape(stored, `U8 [${rows / 4}, ${columns}]`);
  const scaleReader = openFloats(scaleTensor, 1, 1);
  return async (signal) => {
    const [weightScale] = await scaleReader.readFloats(0, 1, signal);
    const scale = rule === 'multiply' ? weightScale : Math.fround(1 / weightScale);
    if (!Number.isFinite(scale) || scale <= 0) throw wrongShape(scaleTensor, 'a positive scale');
    return openPackedTernary({ ...stored, rows: packedRows, columns }, scale);
  };
}

/** A reader of floats, whatever the shape as long as the number of elements fits. */
function openFloats(stored: SafetensorsTensor, rows: number, columns: number): FloatReader {
  const type = SAFETENSORS_TYPES.get(stored.dtype);
  const elements = stored.shape.reduce((product, length) => product * length, 1);
  const lastLength = stored.shape.at(-1) ?? 1;
  const reader =
    type === undefined || elements !== rows * columns || lastLength !== columns
      ? null
      : openTensor(type, { ...stored, rows, columns });
  if (reader?.kind === 'float') return reader;
  throw wrongShape(stored, `F32, F16 or BF16 [${rows}, ${columns}]`);
}

function findTensor(
  checkpoint: ReadonlyMap<string, SafetensorsTensor>,
  name: string,
  folderName: string,
): SafetensorsTensor {
  const found = checkpoint.get(name);
  if (found !== undefined) return found;
  throw new EngineError(
    'bad-file',
    `The checkpoint ${folderName} has no tensor ${name}; expected it there. Download the checkpoint again.`,
    { details: { folder: folderName, missing: name } },
  );
}

function wrongShape(stored: SafetensorsTensor, expected: string): EngineError {
  return new EngineError(
    'bad-file',
    `Tensor ${stored.name} of ${stored.source.name} is ${stored.dtype} [${stored.shape}]; expected ${expected}. Use files of the same model.`,
    { details: { file: stored.source.name, tensor: stored.name } },
  );
}
