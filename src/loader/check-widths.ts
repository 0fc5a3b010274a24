// What a backend cannot hold, found before anything is allocated.
import { EngineError } from '../errors.ts';
import type { GgufFile } from '../gguf/reader.ts';
import type { GpuContext } from '../gpu/device.ts';
import { WASM_MAX_COLUMNS } from '../util/wasm-support.ts';

/** @throws EngineError 'unsupported-model' if a matrix is wider than the WebAssembly kernels can take, on that backend */
export function checkWidths(
  { tensors, name: file }: Pick<GgufFile, 'tensors' | 'name'>,
  { features }: Pick<GpuContext, 'features'>,
): void {
  if (!features.has('wasm')) return;
  for (const { name, dims } of tensors) {
    if (dims.length < 2 || dims[0] <= WASM_MAX_COLUMNS) continue;
    throw new EngineError(
      'unsupported-model',
      `Tensor ${name} of ${file} has ${dims[0]} columns; the WebAssembly backend takes ${WASM_MAX_COLUMNS} at most. Use a device with a GPU, or another model.`,
      { details: { tensor: name, columns: dims[0] } },
    );
  }
}
