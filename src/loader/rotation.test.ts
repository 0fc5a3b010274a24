import { describe, expect, it } from 'vitest';
import type { GgufValue } from '../gguf/values.ts';
import { planRotations } from './rotation.ts';

const file = (...keys: string[]) => ({
  name: 'm.gguf',
  metadata: new Map(keys.map((key): [string, GgufValue] => [key, { type: 'u32', value: 1 }])),
});

const WIDTHS: Readonly<Record<string, number>> = {
  'blk.0.ffn_down.weight': 768,
  'blk.0.attn_output.weight': 256,
  'token_embd.weight': 256,
  'output.weight': 256,
};
const columnsOf = (tensor: string): number | undefined => WIDTHS[tensor];
const rotation = (entries: readonly (readonly [string, number])[], signs = new Map<number, Int8Array>()) => ({
  blockSizes: new Map(entries),
  signs,
});

describe('planRotations', () => {
  it('gives every named matrix its block, and signs by the width of its input', () => {
    const signs = Int8Array.from({ length: 768 }, (_, index) => (index % 3 === 0 ? -1 : 1));
    const planned = planRotations(
      file(),
      rotation(
        [
          ['blk.0.ffn_down.weight', 256],
          ['blk.0.attn_output.weight', 64],
        ],
        new Map([[768, signs]]),
      ),
      columnsOf,
    );
    expect([...planned]).toEqual([
      ['blk.0.ffn_down.weight', { block: 256, signs }],
      ['blk.0.attn_output.weight', { block: 64, signs: null }],
    ]);
  });

  it.each([
    ['token_embd.weight', 64, 'unsupported-model', 'a rotation of the input of token_embd.weight'],
    ['blk.0.attn_norm.weight', 64, 'unsupported-model', 'a rotation of the input of blk.0.attn_norm.weight'],
    ['blk.7.ffn_down.weight', 64, 'bad-file', 'which it does not have'],
    [
      'blk.0.ffn_down.weight',
      512,
      'unsupported-model',
      '768 inputs of blk.0.ffn_down.weight in blocks of 512',
    ],
  ])('refuses %s in blocks of %d', (tensor, block, code, message) => {
    expect(() => planRotations(file(), rotation([[tensor, block]]), columnsOf)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  it.each(['prism.hadamard.block_size', 'sterna.hadamard.weight_names'])(
    'refuses %s without a version',
    (key) => {
      expect(() => planRotations(file('general.name', key), null, columnsOf)).toThrow(
        expect.objectContaining({ code: 'unsupported-model', message: expect.stringContaining(key) }),
      );
    },
  );

  it('lets all other files pass, also with a rotation that is in the weights already', () => {
    const ordinary = file('general.name', 'prism.other', 'sterna.hadamard.residual');
    expect(planRotations(ordinary, null, columnsOf).size).toBe(0);
  });
});
