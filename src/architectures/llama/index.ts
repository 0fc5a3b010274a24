// llama: Llama 2 and 3, Mistral, and the ternary models Falcon3-1.58bit, Falcon-E and Llama3-8B-1.58.
// Converters reorder the rows of q and k, so that the interleaved rotation gives what the half-split one gave before.
import { defineDecoder } from '../blocks/decoder.ts';
import { NAMES } from './names.ts';

/** Llama: RMSNorm, SwiGLU, interleaved rotation. */
export const llama = defineDecoder({ names: NAMES, ropePairs: 'interleaved', activation: 'silu' });
