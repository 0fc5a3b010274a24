// The keys of a file that stretch its context: linear interpolation or YaRN.
// Defaults as llama.cpp/src/llama-model.cpp: a factor without a type is linear, and a factor of 0 is none.
import { EngineError } from '../../errors.ts';
import type { GgufFile } from '../../gguf/reader.ts';
import type { RopeScaling } from '../rope-table.ts';

/**
 * @param contextLength original context when the file does not name one
 * @returns undefined for an unscaled model
 * @throws EngineError 'unsupported-model' for another kind of scaling, 'bad-file' for a factor that is not positive
 */
export function readRopeScaling(
  file: Pick<GgufFile, 'name' | 'fields'>,
  prefix: string,
  contextLength: number,
): RopeScaling | undefined {
  const { fields } = file;
  const number = (key: string) => fields.optionalFloat(`${prefix}.rope.${key}`);
  const type = fields.optionalString(`${prefix}.rope.scaling.type`) ?? 'linear';
  const factor = number('scaling.factor') ?? number('scale_linear') ?? 0;
  if (type === 'none' || (type === 'linear' && factor === 0)) return undefined;
  const supported = type === 'linear' || (type === 'yarn' && !number('scaling.yarn_log_multiplier'));
  if (!supported) {
    throw new EngineError(
      'unsupported-model',
      `${file.name} asks for rope scaling "${type}"${type === 'yarn' ? ' with a log multiplier' : ''}; supported are none, linear and yarn. Use a file without scaling.`,
      { details: { file: file.name, field: `${prefix}.rope.scaling.type` } },
    );
  }
  const originalContext = fields.optionalInteger(`${prefix}.rope.scaling.original_context_length`, {
    min: 1,
  });
  if (!(factor > 0)) {
    throw new EngineError(
      'bad-file',
      `${file.name} has the rope scaling factor ${factor}; a positive one is needed. Use another conversion of the model.`,
      { details: { file: file.name, field: `${prefix}.rope.scaling.factor` } },
    );
  }
  if (type === 'linear') return { type, factor };
  return {
    type: 'yarn',
    factor,
    originalContext: originalContext ?? contextLength,
    betaFast: number('scaling.yarn_beta_fast') ?? undefined,
    betaSlow: number('scaling.yarn_beta_slow') ?? undefined,
    extrapolation: number('scaling.yarn_ext_factor') ?? undefined,
    attentionFactor: (number('scaling.attn_factor') ?? 1) * (number('scaling.yarn_attn_factor') ?? 1),
  };
}
