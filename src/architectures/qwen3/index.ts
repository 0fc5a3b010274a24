// qwen3: Qwen3 (arXiv 2505.09388), Bonsai and Ternary-Bonsai.
import { defineDecoder } from '../blocks/decoder.ts';
import { NAMES } from './names.ts';

/** Qwen3: as Qwen2, with a norm of each query and key head before the rotation. */
export const qwen3 = defineDecoder({
  names: NAMES,
  ropePairs: 'half-split',
  headNorm: true,
  activation: 'silu',
});
