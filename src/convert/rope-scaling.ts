// rope_scaling of config.json: how positions beyond the trained context are rotated, and how GGUF says it.

import { EngineError } from '../errors.ts';
import type { GgufValue } from '../gguf/values.ts';
import { isRecord, type JsonRecord } from '../util/json.ts';

/** One kind of scaling. `llama3` becomes a tensor of divisors, the others become keys. */
export type RopeScaling =
  | { readonly kind: 'none' }
  | { readonly kind: 'linear'; readonly factor: number }
  | { readonly kind: 'yarn'; readonly factor: number; readonly originalContext: number }
  | {
      readonly kind: 'llama3';
      readonly factor: number;
      readonly lowFactor: number;
      readonly highFactor: number;
      readonly originalContext: number;
    };

/**
 * Reads the record.
 * @param value `rope_scaling`, or `rope_parameters` of newer files; null or absent: no scaling
 * @param contextLength `max_position_embeddings`: the default of the original context
 * @throws EngineError 'unsupported-model' for another kind, 'bad-file' for missing numbers
 */
export function readRopeScaling(value: unknown, contextLength: number, fileName: string): RopeScaling {
  if (value === undefined || value === null) return { kind: 'none' };
  const record: JsonRecord = isRecord(value) ? value : {};
  const kind = record.rope_type ?? record.type ?? 'default';
  const number = (key: string, fallback?: number): number => {
    const found = record[key] ?? fallback;
    if (typeof found === 'number' && Number.isFinite(found) && found > 0) return found;
    throw new EngineError(
      'bad-file',
      `rope_scaling.${key} of ${fileName} is ${JSON.stringify(found) ?? 'missing'}; expected a positive number. Download the checkpoint again.`,
      { details: { file: fileName, field: `rope_scaling.${key}` } },
    );
  };
  const original = (): number => number('original_max_position_embeddings', contextLength);
  switch (kind) {
    case 'default':
      return { kind: 'none' };
    case 'linear':
      return { kind: 'linear', factor: number('factor') };
    case 'yarn':
      return { kind: 'yarn', factor: number('factor'), originalContext: original() };
    case 'llama3':
      return {
        kind: 'llama3',
        factor: number('factor'),
        lowFactor: number('low_freq_factor'),
        highFactor: number('high_freq_factor'),
        originalContext: original(),
      };
    default:
      throw new EngineError(
        'unsupported-model',
        `${fileName} has rope_scaling of type ${String(kind)}, which cannot be converted; expected linear, yarn or llama3. Use another checkpoint.`,
        { details: { file: fileName, field: 'rope_scaling' } },
      );
  }
}

/** The `ARCHITECTURE.rope.scaling.*` entries. */
export function ropeScalingMetadata(architecture: string, scaling: RopeScaling): [string, GgufValue][] {
  if (scaling.kind === 'none' || scaling.kind === 'llama3') return [];
  const prefix = `${architecture}.rope.scaling`;
  const entries: [string, GgufValue][] = [
    [`${prefix}.type`, { type: 'string', value: scaling.kind }],
    [`${prefix}.factor`, { type: 'f32', value: scaling.factor }],
  ];
  if (scaling.kind === 'yarn') {
    entries.push([`${prefix}.original_context_length`, { type: 'u32', value: scaling.originalContext }]);
  }
  return entries;
}

/**
 * Divisors of the rotary frequencies: `rope_freqs.weight` [headDim / 2] f32, or null when there is no such tensor.
 * Llama 3.1: long waves are slowed by the factor, short ones kept, those between blended.
 */
export function ropeDivisors(scaling: RopeScaling, headDim: number, theta: number): Float32Array | null {
  if (scaling.kind !== 'llama3') return null;
  const { factor, lowFactor, highFactor, originalContext } = scaling;
  return Float32Array.from({ length: headDim / 2 }, (_, index) => {
    const turns = originalContext / (2 * Math.PI * theta ** ((2 * index) / headDim));
    if (turns > highFactor) return 1;
    if (turns < lowFactor) return factor;
    const blend = (turns - lowFactor) / (highFactor - lowFactor);
    return 1 / ((1 - blend) / factor + blend);
  });
}
