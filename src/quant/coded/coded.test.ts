import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemorySource } from '../../util/byte-source.ts';
import type { TensorLocation } from '../format.ts';
import type { CodeTensorSpec } from '../quantization-metadata.ts';
import { codeRowBytes, decodeCodes, encodeCodes } from './codec.ts';
import { openCodeTensor } from './reader.ts';

function locate(name: string, bytes: Uint8Array, rows: number): TensorLocation {
  return {
    name,
    source: new MemorySource('m', bytes),
    offsetBytes: 0,
    sizeBytes: bytes.length,
    rows,
    columns: bytes.length / rows,
  };
}

function open(spec: CodeTensorSpec, codes: Int8Array, scales: Float32Array) {
  const rows = codes.length / spec.columns;
  const scaleBytes = new Uint8Array(scales.slice().buffer);
  const scaleLocation = { ...locate('s', scaleBytes, rows), columns: scales.length / rows };
  return openCodeTensor(locate('w', encodeCodes(spec.kind, codes), rows), scaleLocation, spec);
}

describe('own codes', () => {
  it('packs the even column of int4 in the low nibble, two’s complement', () => {
    expect([...encodeCodes('int4', Int8Array.of(-8, 7, -1, 0))]).toEqual([0x78, 0x0f]);
  });

  it.each(['int4', 'int8'] as const)('decodes what it encoded: %s', (kind) => {
    const range = kind === 'int4' ? { min: -8, max: 7 } : { min: -128, max: 127 };
    fc.assert(
      fc.property(fc.array(fc.integer(range), { minLength: 2, maxLength: 64 }), (values) => {
        const codes = Int8Array.from(values.slice(0, values.length & ~1));
        const bytes = encodeCodes(kind, codes);
        expect(bytes.length).toBe(codeRowBytes(kind, codes.length));
        expect(decodeCodes(kind, bytes)).toEqual(codes);
      }),
    );
  });
});

describe('code tensors', () => {
  const codes = Int8Array.from({ length: 3 * 128 }, (_, i) => ((i * 7) % 16) - 8);

  it('reads a window of rows with their groups’ scales', async () => {
    const spec: CodeTensorSpec = { kind: 'int4', groupSize: 64, columns: 128 };
    const reader = open(spec, codes, Float32Array.of(1, 2, 3, 4, 5, 6));
    expect(reader.groupSize).toBe(64);
    const read = await reader.readCodes(1, 2);
    expect(read.codes).toEqual(codes.subarray(128));
    expect([...read.scales]).toEqual([3, 4, 5, 6]);
    const floats = await reader.readFloats(2, 1);
    expect([floats[0], floats[127]]).toEqual([codes[256] * 5, codes[383] * 6]);
  });

  it('has one group per row for group size 0', async () => {
    const reader = open({ kind: 'int8', groupSize: 0, columns: 128 }, codes, Float32Array.of(0.5, 1, 2));
    expect(reader.groupSize).toBe(128);
    expect((await reader.readFloats(0, 1))[5]).toBe(codes[5] * 0.5);
  });

  it('refuses scales of another shape', () => {
    const spec: CodeTensorSpec = { kind: 'int4', groupSize: 128, columns: 128 };
    expect(() => open(spec, codes, new Float32Array(6))).toThrow(/Tensor s of m is \[3, 2\]/);
  });

  it('refuses codes of another width', () => {
    const bytes = locate('w', new Uint8Array(3 * 100), 3);
    const scales = { ...locate('s', new Uint8Array(12), 3), columns: 1 };
    const spec: CodeTensorSpec = { kind: 'int8', groupSize: 0, columns: 128 };
    expect(() => openCodeTensor(bytes, scales, spec)).toThrow(/expected \[3,128\] in 384 bytes/);
  });

  it('refuses a scale that is not finite', async () => {
    const reader = open(
      { kind: 'int8', groupSize: 0, columns: 128 },
      codes,
      Float32Array.of(1, Number.NaN, 1),
    );
    await expect(reader.readCodes(0, 3)).rejects.toThrow(/finite/);
  });
});
