// Which inputs of a model must be rotated before their products. A rotation that the engine does not know or cannot
// apply is refused: without it the model would answer nonsense.

import type { InputRotation } from '../architectures/architecture.ts';
import { EngineError } from '../errors.ts';
import type { GgufFile } from '../gguf/reader.ts';
import type { OnlineRotation } from '../quant/quantization-metadata.ts';

/** Matrices whose inputs the engine can rotate: the linear layers and the head. */
const ROTATABLE =
  /^(?:blk\.\d+\.(?:attn_q|attn_k|attn_v|attn_output|ffn_gate|ffn_up|ffn_down)|output)\.weight$/;

/** Families of keys that ask for rotations; one without its version key would be overlooked. */
const PREFIXES = ['sterna.hadamard.', 'prism.hadamard.'];
/** A note for people about what is already in the weights. */
const RESIDUAL = 'sterna.hadamard.residual';

/**
 * The rotations of a file by the name of the matrix.
 * @param rotation what its keys say; null: nothing
 * @param columnsOf width of a matrix of the file, or undefined when there is none of that name
 * @throws EngineError 'unsupported-model' for a tensor whose input the engine does not rotate or a block that does not
 *   divide the width, 'bad-file' for a tensor that the file does not have
 */
export function planRotations(
  file: Pick<GgufFile, 'name' | 'metadata'>,
  rotation: OnlineRotation | null,
  columnsOf: (tensor: string) => number | undefined,
): ReadonlyMap<string, InputRotation> {
  if (rotation === null) {
    refuseStrayKeys(file);
    return new Map();
  }
  const planned = new Map<string, InputRotation>();
  for (const [tensor, block] of rotation.blockSizes) {
    if (!ROTATABLE.test(tensor)) {
      throw refused(
        file,
        tensor,
        `asks for a rotation of the input of ${tensor}`,
        'of linear layers and the head',
      );
    }
    const columns = columnsOf(tensor);
    if (columns === undefined) {
      throw new EngineError(
        'bad-file',
        `${file.name} asks for a rotation of the input of ${tensor}, which it does not have. Use another conversion of the model.`,
        { details: { file: file.name, tensor } },
      );
    }
    if (columns % block !== 0) {
      throw refused(
        file,
        tensor,
        `rotates the ${columns} inputs of ${tensor} in blocks of ${block}`,
        'whose blocks divide the width',
      );
    }
    planned.set(tensor, { block, signs: rotation.signs.get(columns) ?? null });
  }
  return planned;
}

function refuseStrayKeys(file: Pick<GgufFile, 'name' | 'metadata'>): void {
  const key = [...file.metadata.keys()].find(
    (name) => name !== RESIDUAL && PREFIXES.some((prefix) => name.startsWith(prefix)),
  );
  if (key !== undefined)
    throw refused(file, key, `has the metadata key ${key} without a version`, 'of version 1');
}

function refused(
  file: Pick<GgufFile, 'name'>,
  field: string,
  observed: string,
  expected: string,
): EngineError {
  return new EngineError(
    'unsupported-model',
    `${file.name} ${observed}; only rotations ${expected} are supported, and without the rotation the model would answer nonsense. Use another conversion of the model.`,
    { details: { file: file.name, field } },
  );
}
