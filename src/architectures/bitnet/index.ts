// bitnet: the reproductions of BitNet b1.58 by 1bitLLM (bitnet_b1_58-large, -3B), arXiv 2402.17764.
import { defineDecoder } from '../blocks/decoder.ts';
import { NAMES } from './names.ts';

/** BitNet b1.58 with sub-norms and SiLU; not the 2B4T model, whose name differs by a suffix. */
export const bitnet = defineDecoder({
  names: NAMES,
  ropePairs: 'half-split',
  subNorms: true,
  activation: 'silu',
});
