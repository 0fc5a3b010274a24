// Registry of architectures: one line each, by general.architecture.
import { EngineError } from '../errors.ts';
import { bitnet } from './bitnet/index.ts';
import { bitnetB158 } from './bitnet-b1.58/index.ts';
import type { DecoderArchitecture } from './blocks/decoder.ts';
import { llama } from './llama/index.ts';
import { olmo } from './olmo/index.ts';
import { qwen2 } from './qwen2/index.ts';
import { qwen3 } from './qwen3/index.ts';

const ARCHITECTURES: readonly DecoderArchitecture[] = [bitnetB158, bitnet, llama, qwen2, qwen3, olmo];

/** Names of all supported architectures. */
export const ARCHITECTURE_NAMES: readonly string[] = ARCHITECTURES.flatMap((entry) => entry.names);

/** @throws EngineError 'unsupported-model' that lists what is supported */
export function findArchitecture(name: string): DecoderArchitecture {
  const found = ARCHITECTURES.find((entry) => entry.names.includes(name));
  if (found) return found;
  throw new EngineError(
    'unsupported-model',
    `Architecture "${name}" is not supported; supported are ${ARCHITECTURE_NAMES.join(', ')}. Choose another model.`,
    { details: { field: 'general.architecture', value: name } },
  );
}
