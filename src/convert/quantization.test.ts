import { describe, expect, it } from 'vitest';
import type { JsonRecord } from '../util/json.ts';
import { type CheckpointQuantization, readQuantization } from './quantization.ts';

const bitnet = (rest: JsonRecord): JsonRecord => ({
  quantization_config: { quant_method: 'bitnet', ...rest },
});
const MLX = { group_size: 128, bits: 2 };

describe('readQuantization', () => {
  it.each<[string, JsonRecord, CheckpointQuantization]>([
    ['no record', {}, { method: 'none' }],
    ['bitlinear by default, whose scale divides', bitnet({}), { method: 'packed-ternary', scale: 'divide' }],
    [
      'autobitlinear, whose scale multiplies',
      bitnet({ linear_class: 'autobitlinear', quantization_mode: 'offline' }),
      { method: 'packed-ternary', scale: 'multiply' },
    ],
    [
      'autobitlinear with master weights',
      bitnet({ linear_class: 'autobitlinear', quantization_mode: 'online' }),
      { method: 'none' },
    ],
    [
      'MLX, under both names',
      { quantization: MLX, quantization_config: MLX },
      { method: 'mlx-affine', bits: 2, groupSize: 128 },
    ],
    [
      'MLX under the other name only',
      { quantization_config: { ...MLX, bits: 1, mode: 'affine' } },
      { method: 'mlx-affine', bits: 1, groupSize: 128 },
    ],
  ])('reads %s', (_what, config, expected) => {
    expect(readQuantization(config, 'config.json')).toEqual(expected);
  });

  it.each<[string, JsonRecord, RegExp]>([
    [
      'compressed-tensors',
      { quantization_config: { quant_method: 'compressed-tensors', format: 'pack-quantized' } },
      /method compressed-tensors \(pack-quantized\).*Q4_0 or Q4_K/,
    ],
    ['GPTQ', { quantization_config: { quant_method: 'gptq', bits: 4 } }, /method gptq/],
    ['an unknown method', { quantization_config: { quant_method: 'new' } }, /method new/],
    ['MLX 4 bits', { quantization: { ...MLX, bits: 4 } }, /MLX quantization of 4 bits/],
    ['MLX groups of 16', { quantization: { ...MLX, group_size: 16 } }, /groups of 16/],
    ['another MLX mode', { quantization: { ...MLX, mode: 'mxfp4' } }, /mode mxfp4/],
    ['settings of single modules', { quantization: { ...MLX, 'model.norm': { bits: 8 } } }, /for model.norm/],
    ['inner norms', bitnet({ use_rms_norm: true }), /use_rms_norm/],
    ['bitlinear online', bitnet({ quantization_mode: 'online' }), /bitlinear online/],
    ['a record that is none', { quantization_config: 3 }, /no record/],
  ])('refuses %s by name', (_what, config, message) => {
    expect(() => readQuantization(config, 'config.json')).toThrow(
      expect.objectContaining({ code: 'unsupported-model', message: expect.stringMatching(message) }),
    );
  });
});
