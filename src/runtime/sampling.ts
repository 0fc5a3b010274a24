// Sampling settings with every field decided: request over recommendation over greedy.
import type { SamplingOptions } from '../api/types.ts';

/** Settings with every field decided. */
export type SamplingSettings = Required<SamplingOptions>;

const GREEDY: Omit<SamplingSettings, 'seed'> = {
  temperature: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
};

/** Request over the model's recommendation over greedy; a random seed when none is given. */
export function resolveSampling(request: SamplingOptions, recommended: SamplingOptions): SamplingSettings {
  const seed = request.seed ?? crypto.getRandomValues(new Uint32Array(1))[0];
  const merged = { ...GREEDY, ...withoutUndefined(recommended), ...withoutUndefined(request) };
  return { ...merged, seed: seed >>> 0 };
}

function withoutUndefined(options: SamplingOptions): SamplingOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
