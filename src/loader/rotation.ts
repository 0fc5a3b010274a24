// Refuses weights that were rotated before quantisation: without the same rotation of their inputs they are noise.

import { EngineError } from '../errors.ts';
import type { GgufFile } from '../gguf/reader.ts';

/** PrismML's keys for weights whose inputs need a sign flip and a blockwise Hadamard transform. */
const ROTATION_PREFIX = 'prism.hadamard.';

/** @throws EngineError 'unsupported-model' for a file that asks for a rotation; no architecture here applies one */
export function refuseRotation(file: Pick<GgufFile, 'name' | 'metadata'>): void {
  const key = [...file.metadata.keys()].find((name) => name.startsWith(ROTATION_PREFIX));
  if (key === undefined) return;
  throw new EngineError(
    'unsupported-model',
    `${file.name} has Hadamard-rotated weights (metadata key ${key}), which are not supported yet; without the rotation the model would answer nonsense. Use a conversion without rotation.`,
    { details: { file: file.name, field: key } },
  );
}
