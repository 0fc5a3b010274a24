// What the cases of the repack ops share: random bytes of every storage format and their decoding by the CPU readers.
// Used by test/gpu and bench only.
import { decodeBf16 } from '../src/quant/bf16/format.ts';
import { decodeF16 } from '../src/quant/f16/format.ts';
import type { CodedRows } from '../src/quant/format.ts';
import { decodeI2s } from '../src/quant/i2_s/codec.ts';
import { scaleCodes } from '../src/quant/location.ts';
import { decodePtq1_0 } from '../src/quant/ptq1_0/codec.ts';
import { decodeQ1_0 } from '../src/quant/q1_0/codec.ts';
import { decodeQ2_0 } from '../src/quant/q2_0/codec.ts';
import { decodeQ4_0 } from '../src/quant/q4_0/codec.ts';
import { decodeQ4_K } from '../src/quant/q4_k/codec.ts';
import { decodeQ6_K } from '../src/quant/q6_k/codec.ts';
import { decodeQ8_0 } from '../src/quant/q8_0/codec.ts';
import { decodeTq1_0 } from '../src/quant/tq1_0/codec.ts';
import { decodeTq2_0 } from '../src/quant/tq2_0/codec.ts';
import { seededUniform } from './case.ts';
import { CODED_STORAGE, type StoragePart, VALUE_STORAGE } from './common/storage/formats.ts';

interface BlockFacts {
  /** Where a block has binary16 numbers: random bytes there would be infinities. */
  readonly halves: readonly number[];
  /** First and end byte of two-bit ternary codes, which may not be 3. */
  readonly twoBits?: readonly [number, number];
}

const BLOCKS: Readonly<Record<string, BlockFacts>> = {
  i2_s: { halves: [], twoBits: [0, 32] },
  tq2_0: { halves: [64], twoBits: [0, 64] },
  tq1_0: { halves: [52] },
  'q2_0-64': { halves: [0], twoBits: [2, 18] },
  'q2_0-128': { halves: [0], twoBits: [2, 34] },
  ptq1_0: { halves: [26] },
  q1_0: { halves: [0] },
  q4_0: { halves: [0] },
  q4_k: { halves: [0, 2] },
  q6_k: { halves: [208] },
  q8_0: { halves: [0] },
  f16: { halves: [0] },
  bf16: { halves: [] },
  f32: { halves: [] },
};

const DECODERS: Readonly<Record<string, (bytes: Uint8Array) => CodedRows | null>> = {
  i2_s(bytes) {
    const codes = decodeI2s(bytes);
    return codes && { codes, scales: new Float32Array(0) };
  },
  tq2_0: decodeTq2_0,
  tq1_0: decodeTq1_0,
  'q2_0-64': (bytes) => decodeQ2_0(bytes, 64),
  'q2_0-128': (bytes) => decodeQ2_0(bytes, 128),
  ptq1_0: decodePtq1_0,
  q1_0: decodeQ1_0,
  q4_0: decodeQ4_0,
  q4_k: decodeQ4_K,
  q6_k: decodeQ6_K,
  q8_0: decodeQ8_0,
};

const FLOATS: Readonly<Record<string, (bytes: Uint8Array) => Float32Array>> = {
  f16: decodeF16,
  bf16: decodeBf16,
  f32: (bytes) => new Float32Array(bytes.slice().buffer),
};

/** The storage part of this id. @throws Error for an unknown one */
export function storagePart(id: string): StoragePart {
  const part = [...CODED_STORAGE, ...VALUE_STORAGE].find((entry) => entry.id === id);
  if (part === undefined) throw new Error(`no storage part ${id}`);
  return part;
}

/** Bytes of rows of a storage format: every valid code, scales of both signs from subnormals to 2^15. */
export function randomRows(id: string, rows: number, columns: number, seed: number): Uint8Array {
  const { blockColumns, blockBytes } = storagePart(id);
  const { halves, twoBits } = BLOCKS[id];
  const random = seededUniform(seed);
  const integer = (below: number) => Math.floor(((random() + 1) / 2) * below);
  const bytes = Uint8Array.from({ length: rows * (columns / blockColumns) * blockBytes }, () => integer(256));
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += blockBytes) {
    for (const offset of halves) {
      view.setUint16(at + offset, (integer(2) << 15) | (integer(31) << 10) | integer(1024), true);
    }
    const [first, end] = twoBits ?? [0, 0];
    for (let i = at + first; i < at + end; i++) bytes[i] ^= bytes[i] & (bytes[i] >> 1) & 0x55;
    if (id === 'bf16')
      view.setUint16(at, (integer(2) << 15) | ((100 + integer(40)) << 7) | integer(128), true);
    if (id === 'f32') view.setFloat32(at, random() * 2 ** integer(12), true);
  }
  return bytes;
}

/** Codes, scales and minima by the CPU reader. @throws Error when some ternary code is 3 */
export function decodeRows(id: string, bytes: Uint8Array): CodedRows {
  const decoded = DECODERS[id](bytes);
  if (decoded === null) throw new Error(`${id}: a code is 3`);
  return decoded;
}

/** Values by the CPU reader. */
export function decodeValues(id: string, bytes: Uint8Array): Float32Array {
  if (FLOATS[id]) return FLOATS[id](bytes);
  const { codes, scales } = decodeRows(id, bytes);
  return scaleCodes(codes, scales, codes.length / scales.length);
}

/** The bytes as u32, padded with ones to whole words and one word more. */
export function padToWords(bytes: Uint8Array): Uint32Array {
  const padded = new Uint8Array((Math.ceil(bytes.length / 4) + 1) * 4).fill(255);
  padded.set(bytes);
  return new Uint32Array(padded.buffer);
}

/** The bits of floats. */
export function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}
