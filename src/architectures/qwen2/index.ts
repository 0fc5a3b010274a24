// qwen2: Qwen2 and Qwen2.5, arXiv 2407.10671. The biases of q, k and v come with their tensors.
import { defineDecoder } from '../blocks/decoder.ts';
import { NAMES } from './names.ts';

/** Qwen2: RMSNorm, SwiGLU, half-split rotation. */
export const qwen2 = defineDecoder({ names: NAMES, ropePairs: 'half-split', activation: 'silu' });
