// olmo: OLMo-1B and 7B (arXiv 2402.00838) and OLMo-Bitnet-1B, whose linear layers each have a norm of their own.
import { defineDecoder } from '../blocks/decoder.ts';
import { NAMES } from './names.ts';

/** OLMo: LayerNorm without gain and bias, SwiGLU, interleaved rotation. */
export const olmo = defineDecoder({
  names: NAMES,
  ropePairs: 'interleaved',
  norm: 'layer',
  linearNorm: true,
  activation: 'silu',
});
