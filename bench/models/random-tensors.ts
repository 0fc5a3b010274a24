// Random bytes of tensors in their storage format, from a seeded generator, a window at a time.
// Matrices get codes of equal probability and the scale that keeps the size of activations.

import { countElements } from '../../src/gguf/values.ts';
import type { GgufTensorPlan } from '../../src/gguf/writer.ts';
import { encodeI2sTrailer } from '../../src/quant/i2_s/codec.ts';
import { f32ToF16 } from '../../src/util/float16.ts';
import { GGML_TYPE } from '../../src/util/ggml-types.ts';

/** About a MiB per part. */
const WINDOW_BYTES = 1 << 20;
/** Mean square of a code: two of three ternary codes are not 0. */
const TERNARY_POWER = 2 / 3;
const BELL_SIZE = 4096;

/** Xorshift with 32 bits of state: fast, and the same on every machine. */
export class SeededBits {
  #state: number;

  /** @param seed any integer */
  constructor(seed: number) {
    this.#state = Math.imul(seed, 0x9e3779b1) | 1;
  }

  /** The next 32 bits, as an i32. */
  next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state;
  }
}

/** Bytes whose four two-bit codes are 0, 1 or 2; 256 entries for a random byte, so not quite even. */
const TERNARY_BYTES = Uint8Array.from({ length: 256 }, (_, random) => {
  let rest = Math.floor((random * 81) / 256);
  let byte = 0;
  for (let code = 0; code < 4; code++, rest = Math.floor(rest / 3)) byte |= (rest % 3) << (2 * code);
  return byte;
});

/** f16 bits of numbers that are close to normally distributed with deviation 1. */
const BELL = Uint16Array.from({ length: BELL_SIZE }, (_, index) => {
  const uniform = (index + 0.5) / BELL_SIZE;
  return f32ToF16(Math.log(uniform / (1 - uniform)) / 1.702);
});

/**
 * The bytes of a tensor.
 * @throws Error for a type that has no generator here
 */
export function* randomTensor(plan: GgufTensorPlan, bits: SeededBits): Generator<Uint8Array> {
  const elements = countElements(plan.dims);
  const scale = Math.sqrt(1 / plan.dims[0]);
  const ternaryScale = scale / Math.sqrt(TERNARY_POWER);
  switch (plan.type) {
    case GGML_TYPE.F32:
      // Only norms: gains of 1.
      return yield new Uint8Array(new Float32Array(elements).fill(1).buffer);
    case GGML_TYPE.F16:
      return yield* randomHalves(elements, bits);
    case GGML_TYPE.I2_S:
      yield* randomBlocks(elements / 4, null, fillTernary, bits);
      return yield encodeI2sTrailer(ternaryScale);
    case GGML_TYPE.TQ2_0:
      return yield* randomBlocks(
        elements / 4,
        { codeBytes: 64, scale: ternaryScale, atEnd: true },
        fillTernary,
        bits,
      );
    case GGML_TYPE.Q2_0: {
      const codeBytes = (plan.blockElements ?? 64) / 4;
      return yield* randomBlocks(
        elements / 4,
        { codeBytes, scale: ternaryScale, atEnd: false },
        fillTernary,
        bits,
      );
    }
    case GGML_TYPE.Q1_0:
      return yield* randomBlocks(elements / 8, { codeBytes: 16, scale, atEnd: false }, fillBits, bits);
    default:
      throw new Error(`no random tensors of type ${plan.type}`);
  }
}

type Fill = (bytes: Uint8Array, from: number, count: number, bits: SeededBits) => void;

/** Four code bytes for each 32 random bits; counts are multiples of 4. */
const fillTernary: Fill = (bytes, from, count, bits) => {
  for (let at = from; at < from + count; at += 4) {
    const random = bits.next();
    bytes[at] = TERNARY_BYTES[random & 255];
    bytes[at + 1] = TERNARY_BYTES[(random >>> 8) & 255];
    bytes[at + 2] = TERNARY_BYTES[(random >>> 16) & 255];
    bytes[at + 3] = TERNARY_BYTES[random >>> 24];
  }
};

const fillBits: Fill = (bytes, from, count, bits) => {
  for (let at = from; at < from + count; at += 4) {
    const random = bits.next();
    bytes[at] = random;
    bytes[at + 1] = random >>> 8;
    bytes[at + 2] = random >>> 16;
    bytes[at + 3] = random >>> 24;
  }
};

interface BlockShape {
  readonly codeBytes: number;
  readonly scale: number;
  /** Whether the f16 scale follows the codes. */
  readonly atEnd: boolean;
}

/** @param block null: codes only */
function* randomBlocks(
  codeBytes: number,
  block: BlockShape | null,
  fill: Fill,
  bits: SeededBits,
): Generator<Uint8Array> {
  if (block === null) {
    for (let done = 0; done < codeBytes; done += WINDOW_BYTES) {
      const bytes = new Uint8Array(Math.min(WINDOW_BYTES, codeBytes - done));
      fill(bytes, 0, bytes.length, bits);
      yield bytes;
    }
    return;
  }
  const half = f32ToF16(block.scale);
  const blockBytes = block.codeBytes + 2;
  const blocks = codeBytes / block.codeBytes;
  const windowBlocks = Math.floor(WINDOW_BYTES / blockBytes);
  for (let done = 0; done < blocks; done += windowBlocks) {
    const bytes = new Uint8Array(Math.min(windowBlocks, blocks - done) * blockBytes);
    for (let at = 0; at < bytes.length; at += blockBytes) {
      fill(bytes, block.atEnd ? at : at + 2, block.codeBytes, bits);
      const scaleAt = block.atEnd ? at + block.codeBytes : at;
      bytes[scaleAt] = half & 0xff;
      bytes[scaleAt + 1] = half >>> 8;
    }
    yield bytes;
  }
}

function* randomHalves(elements: number, bits: SeededBits): Generator<Uint8Array> {
  for (let done = 0; done < elements; done += WINDOW_BYTES / 2) {
    const halves = new Uint16Array(Math.min(WINDOW_BYTES / 2, elements - done));
    for (let index = 0; index < halves.length; index++) halves[index] = BELL[bits.next() >>> 20];
    yield new Uint8Array(halves.buffer);
  }
}
