import { describe, expect, test } from 'vitest';
import type { GgufFile } from '../gguf/reader.ts';
import { WASM_MAX_COLUMNS } from '../util/wasm-support.ts';
import { checkWidths } from './check-widths.ts';

const file = (dims: readonly number[]) => ({
  name: 'wide.gguf',
  tensors: [{ name: 'blk.0.ffn_down.weight', dims } as unknown as GgufFile['tensors'][number]],
});
const wasm = { features: new Set(['wasm'] as const) };

describe('checkWidths', () => {
  test('refuses a matrix wider than the scratch memory of the WebAssembly kernels, there alone', () => {
    const wide = file([WASM_MAX_COLUMNS + 64, 8]);
    expect(() => checkWidths(wide, wasm)).toThrow(
      expect.objectContaining({
        code: 'unsupported-model',
        message: expect.stringMatching(/ffn_down.weight of wide.gguf has 49216 columns/),
      }),
    );
    checkWidths(wide, { features: new Set() });
    checkWidths(file([WASM_MAX_COLUMNS, 8]), wasm);
    checkWidths(file([WASM_MAX_COLUMNS + 64]), wasm); // a vector
  });
});
