// Recommended sampling from the optional keys general.sampling.* of a GGUF file.
import type { SamplingOptions } from '../api/types.ts';
import type { GgufFile } from '../gguf/reader.ts';

/** What the file recommends; fields out of range are ignored, since they are only advice. */
export function readRecommendedSampling(file: GgufFile): SamplingOptions {
  const read = (key: string, min: number, max: number): number | undefined => {
    const value = file.fields.optionalFloat(`general.sampling.${key}`);
    return value !== null && value >= min && value <= max ? roundFloat32(value) : undefined;
  };
  const options: SamplingOptions = {
    temperature: read('temp', 0, 5),
    topK: read('top_k', 0, 1024),
    topP: read('top_p', Number.MIN_VALUE, 1),
    minP: read('min_p', 0, 1),
    repetitionPenalty: read('penalty_repeat', 0.5, 2),
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

// 0.4 is stored as the f32 0.4000000059604645; people should see 0.4.
function roundFloat32(value: number): number {
  return Number(value.toPrecision(7));
}
