// The tiny models of the shared test data: the same ternary weights stored in several types.
import { describe, expect, it } from 'vitest';
import { findSharedFile, missingFile, sourceOfFile } from '../../test/support/shared-data.ts';
import { readGguf } from '../gguf/reader.ts';
import { countElements, type GgufTensor } from '../gguf/values.ts';
import type { ByteSource } from '../util/byte-source.ts';
import type { TensorReader } from './format.ts';
import { openTensor } from './index.ts';
import { encodeQ1_0 } from './q1_0/codec.ts';
import { encodeQ4_0 } from './q4_0/codec.ts';
import { encodeTq2_0 } from './tq2_0/codec.ts';

interface Fixture {
  readonly source: ByteSource;
  readonly tensors: readonly GgufTensor[];
}

async function openFixture(path: string): Promise<Fixture> {
  const source = sourceOfFile(path);
  return { source, tensors: (await readGguf(source)).tensors };
}

function readerOf({ source }: Fixture, tensor: GgufTensor): TensorReader {
  const { name, offsetBytes, sizeBytes, type, dims } = tensor;
  const columns = dims[0];
  const rows = countElements(dims) / columns;
  return openTensor(type, { name, source, offsetBytes, sizeBytes, rows, columns });
}

const readAll = (reader: TensorReader): Promise<Float32Array> => reader.readFloats(0, reader.rows);
const TERNARY = 'fixtures/gguf/q-TQ2_0.gguf';

describe.each([
  ['fixtures/gguf/q-TQ2_0.gguf', 35, encodeTq2_0],
  ['fixtures/gguf/q-Q1_0.gguf', 41, encodeQ1_0],
  ['fixtures/gguf/q-Q4_0.gguf', 2, encodeQ4_0],
] as const)('%s', (file, type, encode) => {
  const path = findSharedFile(file);
  const ternaryPath = findSharedFile(TERNARY);
  if (path === null || ternaryPath === null) {
    it.skip(`decodes (${missingFile(file)})`, () => {});
    return;
  }

  it('holds what our encoder makes of the ternary weights, byte for byte', async () => {
    const fixture = await openFixture(path);
    const ternary = await openFixture(ternaryPath);
    const quantized = fixture.tensors.filter((tensor) => tensor.type === type);
    expect(quantized.length).toBeGreaterThan(10);
    for (const tensor of quantized) {
      const original = ternary.tensors.find(({ name }) => name === tensor.name);
      if (original === undefined) throw new Error(`${TERNARY} has no ${tensor.name}`);
      const encoded = encode(await readAll(readerOf(ternary, original)));
      const stored = await fixture.source.read(tensor.offsetBytes, tensor.sizeBytes);
      expect(Buffer.compare(encoded, stored), tensor.name).toBe(0);
    }
  });
});

describe('fixtures/gguf/q-qwen35-rot-PQ2_0.gguf', () => {
  const path = findSharedFile('fixtures/gguf/q-qwen35-rot-PQ2_0.gguf');

  const reason = path === null ? ` (${missingFile('fixtures/gguf/q-qwen35-rot-PQ2_0.gguf')})` : '';

  it.skipIf(path === null)(`decodes to ternary codes${reason}`, async () => {
    const fixture = await openFixture(path ?? '');
    const quantized = fixture.tensors.filter(({ type }) => type === 142);
    expect(quantized.length).toBeGreaterThan(10);
    for (const tensor of quantized) {
      const reader = readerOf(fixture, tensor);
      if (reader.kind !== 'ternary') throw new Error(`${tensor.name} is ${reader.kind}`);
      const { codes, scales } = await reader.readCodes(0, reader.rows);
      // Weights from a random generator: about as many of each sign.
      const sum = codes.reduce((total, code) => total + code, 0);
      expect(Math.abs(sum) / codes.length).toBeLessThan(0.05);
      expect(scales.every((scale) => scale > 0 && scale < 1)).toBe(true);
    }
  });
});
