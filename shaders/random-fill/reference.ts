// Oracle of random-fill: code by code from what each content means, with the generator of common/random.wgsl.

/** PCG hash (Jarzynski and Olano 2020), 32 bits. */
function pcgHash(input: number): number {
  const state = (Math.imul(input, 747796405) + 2891336453) >>> 0;
  const word = Math.imul(((state >>> ((state >>> 28) + 4)) ^ state) >>> 0, 277803737) >>> 0;
  return ((word >>> 22) ^ word) >>> 0;
}

/** Random bits of word i. */
export function randomBits(seed: number, i: number): number {
  return pcgHash((pcgHash(seed) + i) >>> 0);
}

/** Ternary codes of 2 bits, two's complement, lowest first; 10 (no code) becomes 00. */
export function ternaryWord(bits: number): number {
  let word = 0;
  for (let code = 0; code < 16; code++) {
    const field = (bits >>> (2 * code)) & 3;
    if (field !== 2) word |= field << (2 * code);
  }
  return word >>> 0;
}

/** Plane of +1 (even words) or -1 (odd words) of a pair: present where the first number has a bit, negative where the second one lacks it. */
export function planeWord(seed: number, i: number): number {
  const present = randomBits(seed, i - (i % 2));
  const positive = randomBits(seed, i - (i % 2) + 1);
  let word = 0;
  for (let bit = 0; bit < 32; bit++) {
    const code = ((present >>> bit) & 1) === 0 ? 0 : ((positive >>> bit) & 1) === 1 ? 1 : -1;
    if (code === (i % 2 === 0 ? 1 : -1)) word |= 1 << bit;
  }
  return word >>> 0;
}

/** Four int8, none of them -128: -127 in its place. */
export function byteWord(bits: number): number {
  let word = 0;
  for (let byte = 0; byte < 4; byte++) {
    const value = (bits >>> (8 * byte)) & 255;
    word |= (value === 128 ? 129 : value) << (8 * byte);
  }
  return word >>> 0;
}

/** Two f16: 11 bits each as k / 1024, k from -1023 to 1023, times a power of two. */
export function halfValues(bits: number, scale: number): readonly [number, number] {
  const value = (field: number): number => (Math.max(field - 1024, -1023) / 1024) * scale;
  return [value(bits & 2047), value((bits >>> 16) & 2047)];
}

/** One f32 of 24 bits, even over (-scale, scale). */
export function floatValue(bits: number, scale: number): number {
  return (((bits >>> 8) + 0.5) / 2 ** 23 - 1) * scale;
}
