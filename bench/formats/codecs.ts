// Measures the storage formats on the CPU: weights and bytes per second of decoding and encoding.
// Run through run.ts, which bundles it as the product is: calls between unbundled modules cost several times more.

import { decodeI2s, encodeI2s } from '../../src/quant/i2_s/codec.ts';
import { decodePtq1_0 } from '../../src/quant/ptq1_0/codec.ts';
import { decodeQ1_0, encodeQ1_0 } from '../../src/quant/q1_0/codec.ts';
import { decodeQ2_0, encodeQ2_0 } from '../../src/quant/q2_0/codec.ts';
import { decodeQ4_0, encodeQ4_0 } from '../../src/quant/q4_0/codec.ts';
import { decodeQ4_K, decodeQ4_KFloats } from '../../src/quant/q4_k/codec.ts';
import { decodeQ6_K } from '../../src/quant/q6_k/codec.ts';
import { decodeQ8_0, encodeQ8_0 } from '../../src/quant/q8_0/codec.ts';
import { decodeTq1_0, encodeTq1_0 } from '../../src/quant/tq1_0/codec.ts';
import { decodeTq2_0, encodeTq2_0 } from '../../src/quant/tq2_0/codec.ts';

/** Weights per call: a window of 2560 columns and 512 rows, a little over a million. */
const WEIGHTS = 2560 * 512;
const ROUNDS = 60;

/** Name, bytes for WEIGHTS weights, decoder, encoder. */
type Row = readonly [
  name: string,
  bytes: Uint8Array,
  decode: (bytes: Uint8Array) => unknown,
  encode?: (values: Float32Array) => unknown,
];

/** Least CPU milliseconds of one call over some rounds: other work on the machine does not count. */
function measure(run: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

/** Prints one line per format. @returns the exit code */
export function main(): number {
  const codes = Int8Array.from({ length: WEIGHTS }, (_, index) => ((index * 7) % 3) - 1);
  const ternary = Float32Array.from(codes, (code) => code * 0.5);
  const noise = Float32Array.from({ length: WEIGHTS }, (_, index) => Math.sin(index * 1.7));
  const blank = (elements: number, blockBytes: number) => new Uint8Array((WEIGHTS / elements) * blockBytes);
  const rows: readonly Row[] = [
    ['I2_S', encodeI2s(codes), decodeI2s, () => encodeI2s(codes)],
    ['TQ1_0', encodeTq1_0(ternary), decodeTq1_0, encodeTq1_0],
    ['TQ2_0', encodeTq2_0(ternary), decodeTq2_0, encodeTq2_0],
    ['Q1_0', encodeQ1_0(noise), decodeQ1_0, encodeQ1_0],
    ['Q2_0/64', encodeQ2_0(ternary, 64), (bytes) => decodeQ2_0(bytes, 64), (x) => encodeQ2_0(x, 64)],
    ['Q2_0/128', encodeQ2_0(ternary, 128), (bytes) => decodeQ2_0(bytes, 128), (x) => encodeQ2_0(x, 128)],
    ['PTQ1_0', blank(128, 28), decodePtq1_0],
    ['Q4_0', encodeQ4_0(noise), decodeQ4_0, encodeQ4_0],
    ['Q4_K', blank(256, 144), decodeQ4_K],
    ['Q4_K f32', blank(256, 144), decodeQ4_KFloats],
    ['Q6_K', blank(256, 210), decodeQ6_K],
    ['Q8_0', encodeQ8_0(noise), decodeQ8_0, encodeQ8_0],
  ];
  console.log('format     decode: Mweights/s  MB/s of file   encode: Mweights/s');
  for (const [name, bytes, decode, encode] of rows) {
    const decodeMs = measure(() => decode(bytes));
    const values = name.startsWith('TQ') || name.startsWith('Q2') ? ternary : noise;
    const encoded = encode === undefined ? '-' : (WEIGHTS / measure(() => encode(values)) / 1000).toFixed(0);
    const weightRate = (WEIGHTS / decodeMs / 1000).toFixed(0);
    const byteRate = (bytes.length / decodeMs / 1000).toFixed(0);
    console.log(
      `${name.padEnd(10)} ${weightRate.padStart(18)} ${byteRate.padStart(13)} ${encoded.padStart(20)}`,
    );
  }
  return 0;
}
