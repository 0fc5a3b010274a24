// Contents of buffers while variants are compared: the same at every run.
import type { ProbeContent } from '../../gpu/kernel.ts';

/** Largest magnitude of the codes of a layout; floats count as codes, since for them nothing is exact anyway. */
const LARGEST_CODE: Readonly<Record<string, number>> = { T2: 1, P: 1, B1: 1, W4: 8, W8: 128 };

/** What decides how large the values may be. */
export interface ProbeScale {
  /** Products per sum. */
  readonly columns: number;
  /** Device layout of the weights. */
  readonly layout: string | undefined;
}

/** @returns `words` words of a content other than `own`; u32, f32 by their bits */
export function fillContent(
  content: Exclude<ProbeContent, 'own'>,
  words: number,
  scale: ProbeScale,
): Uint32Array {
  if (content === 'ones') return bitsOf(new Float32Array(words).fill(1));
  const random = generator(words);
  if (content === 'bits') return Uint32Array.from({ length: words }, random);
  const bound = amplitude(scale);
  const draw = () => (random() % (2 * bound + 1)) - bound;
  if (content === 'integers') return bitsOf(Float32Array.from({ length: words }, draw));
  const codes = Int8Array.from({ length: words * 4 }, draw);
  return new Uint32Array(codes.buffer);
}

/** Largest code, 1 to 127, with which no sum of `columns` products reaches 2^24. */
export function amplitude({ columns, layout }: ProbeScale): number {
  const largest = LARGEST_CODE[layout ?? ''] ?? 1;
  return Math.max(1, Math.min(127, Math.floor(2 ** 24 / (largest * columns))));
}

function bitsOf(floats: Float32Array): Uint32Array {
  return new Uint32Array(floats.buffer);
}

// xorshift32
function generator(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}
