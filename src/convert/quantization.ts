// How the matrices of a checkpoint are stored, from the `quantization` and `quantization_config` records of config.json.

import { EngineError } from '../errors.ts';
import { isRecord, type JsonRecord } from '../util/json.ts';
import type { MlxQuantization } from './mlx-affine.ts';

/** Storage of the linear layers. */
export type CheckpointQuantization =
  /** Floats: master weights to be ternarised, or scale * code in floats. */
  | { readonly method: 'none' }
  /** Hugging Face `bitnet`, packed; W = code * weight_scale, or code / weight_scale. */
  | { readonly method: 'packed-ternary'; readonly scale: 'multiply' | 'divide' }
  | ({ readonly method: 'mlx-affine' } & MlxQuantization);

const MLX_GROUP_SIZES: readonly number[] = [32, 64, 128];

/** Methods that other people's checkpoints use, with what to load instead. */
const REFUSED_METHODS: ReadonlyMap<string, string> = new Map([
  ['compressed-tensors', 'a GGUF conversion of the model to Q4_0 or Q4_K'],
  ['gptq', 'a GGUF conversion of the model to Q4_0 or Q4_K'],
  ['awq', 'a GGUF conversion of the model to Q4_0 or Q4_K'],
  ['bitsandbytes', 'the checkpoint before quantisation'],
  ['fp8', 'the checkpoint before quantisation'],
]);

/**
 * Reads the quantisation records of config.json.
 * @throws EngineError 'unsupported-model' for a method or setting that cannot be read, by its name
 */
export function readQuantization(config: JsonRecord, fileName: string): CheckpointQuantization {
  // MLX repeats its record under the other name, without a quant_method.
  const record = config.quantization ?? config.quantization_config;
  if (record === undefined || record === null) return { method: 'none' };
  if (!isRecord(record)) throw unsupported(fileName, 'quantization that is no record', 'a record');
  if (record.quant_method === undefined && record.bits !== undefined) return readMlx(record, fileName);
  if (record.quant_method === 'bitnet') return readBitnet(record, fileName);
  const method = String(record.quant_method);
  const format = typeof record.format === 'string' ? ` (${record.format})` : '';
  const instead = REFUSED_METHODS.get(method) ?? 'a GGUF conversion of the model';
  throw unsupported(fileName, `quantization method ${method}${format}`, 'bitnet or MLX 1 or 2 bits', instead);
}

function readMlx(record: JsonRecord, fileName: string): CheckpointQuantization {
  const { bits, group_size: groupSize, mode } = record;
  if (mode !== undefined && mode !== 'affine') {
    throw unsupported(fileName, `MLX quantization mode ${String(mode)}`, 'affine');
  }
  // Records may override single modules; what they say would be ignored.
  const override = Object.keys(record).find((key) => isRecord(record[key]));
  if (override !== undefined) {
    throw unsupported(
      fileName,
      `MLX quantization with settings of its own for ${override}`,
      'the same for all',
    );
  }
  if (bits !== 1 && bits !== 2)
    throw unsupported(fileName, `MLX quantization of ${String(bits)} bits`, '1 or 2');
  if (typeof groupSize !== 'number' || !MLX_GROUP_SIZES.includes(groupSize)) {
    throw unsupported(fileName, `MLX quantization in groups of ${String(groupSize)}`, '32, 64 or 128');
  }
  return { method: 'mlx-affine', bits, groupSize };
}

// The class decides, never the magnitude of the scale. transformers/src/transformers/integrations/bitnet.py
function readBitnet(record: JsonRecord, fileName: string): CheckpointQuantization {
  if (record.use_rms_norm === true) throw unsupported(fileName, 'use_rms_norm true', 'false');
  const linearClass = record.linear_class ?? 'bitlinear';
  const mode = record.quantization_mode ?? 'offline';
  if (linearClass === 'bitlinear' && mode === 'offline') return { method: 'packed-ternary', scale: 'divide' };
  if (linearClass === 'autobitlinear' && mode === 'offline') {
    return { method: 'packed-ternary', scale: 'multiply' };
  }
  if (linearClass === 'autobitlinear' && mode === 'online') return { method: 'none' };
  throw unsupported(
    fileName,
    `quantization ${String(linearClass)} ${String(mode)}`,
    'bitlinear offline or autobitlinear',
  );
}

function unsupported(
  fileName: string,
  observed: string,
  expected: string,
  instead = 'another checkpoint of the model',
): EngineError {
  return new EngineError(
    'unsupported-model',
    `${fileName} has ${observed}, which cannot be read; expected ${expected}. Use ${instead}.`,
    { details: { file: fileName } },
  );
}
