import { describe, expect, it } from 'vitest';
import { readGguf } from '../../src/gguf/reader.ts';
import { countElements, padTo } from '../../src/gguf/values.ts';
import { type GgufPlan, GgufWriter } from '../../src/gguf/writer.ts';
import { openTensor } from '../../src/quant/index.ts';
import { tokenizerFromGguf } from '../../src/tokenizer/index.ts';
import { MemorySink } from '../../src/util/byte-sink.ts';
import { MemorySource } from '../../src/util/byte-source.ts';
import { ggmlTensorBytes, ggmlTypeLayouts } from '../../src/util/ggml-types.ts';
import { planSynthetic, type SyntheticOptions, writeSynthetic } from './make-synthetic.ts';

function dataBytes({ tensors }: GgufPlan): number {
  return tensors.reduce((sum, { dims, type, blockElements }) => {
    const layouts = ggmlTypeLayouts(type);
    const layout = layouts.find((each) => each.blockElements === blockElements) ?? layouts[0];
    return sum + padTo(ggmlTensorBytes(layout, countElements(dims)), 32);
  }, 0);
}

async function make(options: SyntheticOptions) {
  const sink = new MemorySink();
  await writeSynthetic(options, sink);
  const source = new MemorySource('synthetic.gguf', sink.bytes());
  return { source, file: await readGguf(source) };
}

describe('planSynthetic', () => {
  it('has the tensors, parameters and data bytes of the published BitNet 2B4T', () => {
    const plan = planSynthetic({ model: 'bitnet-2b' });
    expect(plan.tensors).toHaveLength(332);
    expect(plan.tensors.reduce((sum, { dims }) => sum + countElements(dims), 0)).toBe(2_412_820_480);
    expect(dataBytes(plan)).toBe(1_179_449_920);
  });

  it('has the tensors and data bytes of the published Bonsai 1.7B', () => {
    const plan = planSynthetic({ model: 'bonsai-1.7b', type: 'q1_0' });
    expect(plan.tensors).toHaveLength(310);
    // Size of the published file less its header.
    expect(dataBytes(plan)).toBe(248_302_272 - 5_945_120);
  });

  it('keeps special tokens at their distance from the end of a smaller vocabulary', () => {
    const { metadata } = planSynthetic({ model: 'bitnet-2b', layers: 1, vocabularySize: 2048 });
    const tokens = metadata.get('tokenizer.ggml.tokens')?.value as string[];
    expect(tokens).toHaveLength(2048);
    expect(metadata.get('tokenizer.ggml.bos_token_id')?.value).toBe(2048 - 256);
    expect(tokens[2048 - 256]).toBe('<|begin_of_text|>');
    expect(() => planSynthetic({ model: 'bitnet-2b', vocabularySize: 2047 })).toThrow(/at least 2048/);
  });

  it('names the choices', () => {
    expect(() => planSynthetic({ model: 'gpt' })).toThrow(/bitnet-2b or sterna-chat or bonsai-1\.7b/);
    expect(() => planSynthetic({ model: 'bitnet-2b', type: 'q1_0' })).toThrow(/i2_s or tq2_0/);
  });
});

describe('writeSynthetic', () => {
  const small = { layers: 1, vocabularySize: 2048 };

  it.each([
    ['bitnet-2b', 'i2_s', 'ternary'],
    ['bitnet-2b', 'tq2_0', 'ternary'],
    ['bonsai-1.7b', 'q1_0', 'binary'],
    ['bonsai-1.7b', 'q2_0', 'ternary'],
    ['bonsai-1.7b', 'q2_0_g128', 'ternary'],
  ] as const)(
    'writes %s in %s with random codes that keep the size of activations',
    async (model, type, kind) => {
      const { source, file } = await make({ model, type, ...small });
      const tensor = file.tensors.find(({ name }) => name === 'blk.0.attn_k.weight');
      if (tensor === undefined) throw new Error('no attn_k');
      const [columns, rows] = tensor.dims;
      const reader = openTensor(tensor.type, { ...tensor, source, rows, columns });
      expect(reader.kind).toBe(kind);
      const values = await reader.readFloats(0, 64);
      const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
      const power = values.reduce((sum, x) => sum + x * x, 0) / 64;
      expect(Math.abs(mean) * Math.sqrt(columns)).toBeLessThan(0.02);
      // The sum of squares of a row is 1.
      expect(power).toBeGreaterThan(0.95);
      expect(power).toBeLessThan(1.05);
    },
  );

  it('gives the same bytes for the same seed only', async () => {
    const options = { model: 'bonsai-1.7b', ...small };
    const bytes = async (seed: number) => {
      const { source } = await make({ ...options, seed });
      return Buffer.from(await source.read(0, source.sizeBytes));
    };
    const first = await bytes(7);
    expect(first.equals(await bytes(7))).toBe(true);
    expect(first.equals(await bytes(8))).toBe(false);
  });
});

describe('the vocabulary', () => {
  it.each([
    ['bitnet-2b', 128256, 128009],
    ['bonsai-1.7b', 151669, 151645],
  ] as const)('of %s is whole: distinct tokens, round trips, an end token', async (model, size, endId) => {
    const plan = planSynthetic({ model, layers: 1 });
    const tokens = plan.metadata.get('tokenizer.ggml.tokens');
    expect(new Set(tokens?.value as string[]).size).toBe(size);
    const sink = new MemorySink();
    await new GgufWriter(sink, { metadata: plan.metadata, tensors: [] }).writeHeader();
    const { tokenizer } = tokenizerFromGguf(await readGguf(new MemorySource('header.gguf', sink.bytes())));
    expect(tokenizer.vocabularySize).toBe(size);
    expect(tokenizer.endIds.has(endId)).toBe(true);
    const text = 'Grüße, 12 letters and\n a 🐦.';
    expect(tokenizer.decode(tokenizer.encode(text, { addBos: false }))).toBe(text);
  });
});
