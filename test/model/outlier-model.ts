// A ternary model with outlier channels in the manner of the mixed recipe, made of one without: some channels of every matrix
// move into int8 beside it, where they keep their values, so that the model answers as before.
import { readSplitGguf } from '../../src/gguf/split.ts';
import { GgufWriter } from '../../src/gguf/writer.ts';
import { GgufTensorSet } from '../../src/loader/tensor-set.ts';
import { encodeI2s, encodeI2sTrailer } from '../../src/quant/i2_s/codec.ts';
import { type CodeTensorSpec, quantizationEntries } from '../../src/quant/quantization-metadata.ts';
import { MemorySink } from '../../src/util/byte-sink.ts';
import { type ByteSource, MemorySource } from '../../src/util/byte-source.ts';
import { type Part, storeOwn } from './synthetic-quantized.ts';

const LAYER_MATRIX = /^(blk\.\d+\.(?:attn_(?:q|k|v|output)|ffn_(?:gate|up|down)))\.weight$/;
const I2_S = 36;
const SHARE = 0.05;
const MULTIPLE = 16;

/** @param source a GGUF whose layers hold I2_S: one ternary scale per tensor */
export async function withOutlierChannels(source: ByteSource): Promise<ByteSource> {
  const file = await readSplitGguf(source, undefined);
  const tensors = new GgufTensorSet(file, source);
  const parts: Part[] = [];
  const codes = new Map<string, CodeTensorSpec>();
  for (const { name, dims, type, offsetBytes, sizeBytes } of file.tensors) {
    const matrix = LAYER_MATRIX.exec(name)?.[1];
    if (matrix === undefined || type !== I2_S) {
      parts.push({ name, dims, type, bytes: await source.read(offsetBytes, sizeBytes) });
      continue;
    }
    const [columns, rows] = dims;
    const values = await tensors.open(name).readFloats(0, rows);
    const outliers = Math.max(1, Math.round((SHARE * columns) / MULTIPLE)) * MULTIPLE;
    const stored = storeOwn({ name: matrix, rows, columns, values }, { outliers }, (base) => ({
      type,
      bytes: encodeTernary(base),
    }));
    parts.push(...stored.parts);
    for (const [tensor, spec] of stored.codes) codes.set(tensor, spec);
  }
  const about = { recipe: 'test', bitsPerWeight: 2, activations: null, rotation: null, residual: null };
  const metadata = new Map([...file.metadata, ...quantizationEntries({ ...about, codes })]);
  const sink = new MemorySink();
  const writer = new GgufWriter(sink, { metadata, tensors: parts });
  await writer.writeHeader();
  for (const { name, bytes } of parts) await writer.writeTensor(name, [bytes]);
  writer.finish();
  return new MemorySource('with outliers.gguf', sink.bytes());
}

function encodeTernary(values: Float32Array): Uint8Array {
  const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const codes = Int8Array.from(values, (value) => Math.round(value / scale));
  const cells = encodeI2s(codes);
  const trailer = encodeI2sTrailer(scale);
  const bytes = new Uint8Array(cells.length + trailer.length);
  bytes.set(cells);
  bytes.set(trailer, cells.length);
  return bytes;
}
