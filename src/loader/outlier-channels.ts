// Reads ahead which input channels of each matrix are kept in a matrix beside it: layers are built by them.

import type { TensorSet } from '../architectures/architecture.ts';
import { EngineError } from '../errors.ts';
import type { GgufFile } from '../gguf/reader.ts';
import { CODE_COLUMN_MULTIPLE, sideTensorNames } from '../quant/quantization-metadata.ts';

/**
 * Ascending channels by the name of the matrix, of every matrix that has an index of outliers.
 * @throws EngineError 'bad-file' for an index without a matrix, or whose channels are not ascending ones of that matrix in a
 *   multiple of 16; what reading throws
 */
export async function readOutlierChannels(
  file: Pick<GgufFile, 'name' | 'tensors'>,
  tensors: TensorSet,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Uint32Array>> {
  const found = new Map<string, Uint32Array>();
  for (const { name } of file.tensors) {
    if (!name.endsWith('.outlier_index')) continue;
    const matrix = name.replace(/outlier_index$/, 'weight');
    const { columns } = tensors.open(matrix);
    tensors.open(sideTensorNames(matrix).outlierWeight); // must be there
    const reader = tensors.openWords(name);
    const count = reader.rows * reader.columns;
    const fits = count > 0 && count % CODE_COLUMN_MULTIPLE === 0 && count <= columns;
    const channels = fits ? await reader.readWords(0, reader.rows, signal) : new Uint32Array();
    const ascends = channels.every(
      (channel, at) => channel < columns && (at === 0 || channel > channels[at - 1]),
    );
    if (!fits || !ascends) {
      throw new EngineError(
        'bad-file',
        `Tensor ${name} of ${file.name} has ${count} entries; expected ascending channels below ${columns}, in a multiple of ${CODE_COLUMN_MULTIPLE}. The file is damaged or made by a faulty converter; quantise the model again.`,
        { details: { file: file.name, tensor: name } },
      );
    }
    found.set(matrix, channels);
  }
  return found;
}
