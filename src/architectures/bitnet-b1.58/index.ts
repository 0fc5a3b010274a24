// bitnet-b1.58 (BitNet b1.58 2B4T, arXiv 2504.12285, and our default model). `bitnet-25` is an earlier upload of it.
import { defineDecoder } from '../blocks/decoder.ts';
import { NAMES } from './names.ts';

/** BitNet b1.58 with sub-norms and squared ReLU. */
export const bitnetB158 = defineDecoder({
  names: NAMES,
  ropePairs: 'half-split',
  subNorms: true,
  activation: 'squared-relu',
});
