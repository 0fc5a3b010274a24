// Sampling settings: defaults and the 64-byte record that the kernels read (shaders/common/settings.wgsl).
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

/** The record as bytes: temperature, top_p, min_p, repetition_penalty f32; top_k, seed u32; rest zero. */
export function encodeSettings(settings: SamplingSettings): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(64));
  view.setFloat32(0, settings.temperature, true);
  view.setFloat32(4, settings.topP, true);
  view.setFloat32(8, settings.minP, true);
  view.setFloat32(12, settings.repetitionPenalty, true);
  view.setUint32(16, settings.topK, true);
  view.setUint32(20, settings.seed, true);
  return view.buffer as ArrayBuffer;
}
