import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openGgufTensor, sameBits, writeToMemory } from '../../test/support/converted-model.ts';
import { memoryFolder } from '../../test/support/safetensors-bytes.ts';
import { findSharedFile, missingFile, sourceOfFile } from '../../test/support/shared-data.ts';
import {
  TINY_MATRICES,
  TINY_SCALE,
  tinyCheckpoint,
  tinyCodes,
  tinyFloats,
} from '../../test/support/tiny-checkpoint.ts';
import { readGguf } from '../gguf/reader.ts';
import type { TensorReader } from '../quant/format.ts';
import { openTensor } from '../quant/index.ts';
import { readSafetensors } from '../safetensors/reader.ts';
import { tokenizerFromGguf } from '../tokenizer/index.ts';
import { MemorySource } from '../util/byte-source.ts';
import { type CheckpointConversion, planCheckpoint } from './convert-checkpoint.ts';
import { openPackedTernary } from './packed-ternary.ts';

const GGUF_NAMES: Readonly<Record<string, string>> = {
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
};

async function convert(files: Record<string, string | Uint8Array>, options?: Partial<CheckpointConversion>) {
  return writeToMemory(await planCheckpoint(memoryFolder(files), { matrices: 'i2_s', ...options }));
}

/** The packing rule, element by element. */
function unpackNaively(bytes: Uint8Array, packedRows: number, columns: number): Int8Array {
  const codes = new Int8Array(packedRows * 4 * columns);
  for (let row = 0, index = 0; row < packedRows * 4; row++) {
    for (let column = 0; column < columns; column++, index++) {
      const byte = bytes[(row % packedRows) * columns + column];
      codes[index] = ((byte >> (2 * Math.floor(row / packedRows))) & 3) - 1;
    }
  }
  return codes;
}

async function codesOf(reader: TensorReader) {
  if (reader.kind === 'float') throw new Error('expected a coded reader');
  return reader.readCodes(0, reader.rows);
}

describe('planCheckpoint', () => {
  it.each(['multiply', 'divide', 'ternary-floats'] as const)(
    'gives the same codes and scales for a checkpoint stored as %s',
    async (storage) => {
      const { open } = await convert(tinyCheckpoint(storage));
      for (const name of Object.keys(TINY_MATRICES)) {
        const { codes, scales } = await codesOf(open(`blk.0.${GGUF_NAMES[name]}.weight`));
        expect(sameBits(codes, tinyCodes(name))).toBe(true);
        expect(new Set(scales)).toEqual(new Set([TINY_SCALE]));
      }
    },
  );

  it('ternarises master weights by absmean', async () => {
    const { open } = await convert(tinyCheckpoint('random-master'));
    const { codes, scales } = await codesOf(open('blk.0.attn_k.weight'));
    const master = Array.from(tinyCodes('self_attn.k_proj'), (code, i) => code * 0.5 + ((i % 8) - 4) / 64);
    const mean = master.reduce((sum, value) => sum + Math.abs(value), 0) / master.length;
    expect(scales[0]).toBeCloseTo(mean, 6);
    expect([...codes]).toEqual(
      master.map((value) => Math.max(-1, Math.min(1, Math.round(value / mean))) + 0),
    );
  });

  it.each(['f32', 'f16', 'bf16', 'q8_0'] as const)('writes the embedding as %s', async (embedding) => {
    const { open } = await convert(tinyCheckpoint('multiply'), { embedding });
    const values = await open('token_embd.weight').readFloats(0, 264);
    const expected = tinyFloats(264 * 256, -0.5);
    const tolerance = embedding === 'q8_0' ? 0.5 / 254 + 1e-3 : 0;
    const worst = values.reduce((most, value, index) => Math.max(most, Math.abs(value - expected[index])), 0);
    expect(worst).toBeLessThanOrEqual(tolerance);
  });

  it('writes TQ2_0 matrices on request, with the same codes', async () => {
    const { open, file } = await convert(tinyCheckpoint('multiply'), { matrices: 'tq2_0' });
    const { codes, scales } = await codesOf(open('blk.0.ffn_down.weight'));
    expect(sameBits(codes, tinyCodes('mlp.down_proj'))).toBe(true);
    expect(new Set(scales)).toEqual(new Set([TINY_SCALE]));
    expect(file.fields.integer('general.file_type')).toBe(37);
  });

  it('writes the keys of the architecture, the tokenizer and the recommended sampling', async () => {
    const { file, result, source } = await convert(tinyCheckpoint('multiply'), {
      name: 'Tiny',
      license: 'MIT',
    });
    const { fields } = file;
    expect(fields.string('general.architecture')).toBe('bitnet-b1.58');
    expect([fields.string('general.name'), fields.string('general.license')]).toEqual(['Tiny', 'MIT']);
    expect(fields.integer('bitnet-b1.58.attention.head_count_kv')).toBe(2);
    expect(fields.integer('bitnet-b1.58.attention.key_length')).toBe(64);
    expect(fields.float('general.sampling.temp')).toBe(0.5);
    expect(fields.integer('general.sampling.top_k')).toBe(40);
    const { tokenizer } = tokenizerFromGguf(file);
    expect(tokenizer.vocabularySize).toBe(264);
    expect([tokenizer.bosId, tokenizer.eosId, ...tokenizer.endIds]).toEqual([256, 257, 257, 258]);
    expect(tokenizer.encode('a<think><|end|>', { parseSpecial: true })).toEqual([97, 259, 257]);
    expect(result.files[0].sizeBytes).toBe(source.sizeBytes);
    const bytes = await source.read(0, source.sizeBytes);
    expect(result.files[0].sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(result.tensors).toBe(file.tensors.length);
  });

  const sound = tinyCheckpoint('multiply');
  const withConfig = (changes: Record<string, unknown>) => ({
    ...sound,
    'config.json': JSON.stringify({ ...JSON.parse(String(sound['config.json'])), ...changes }),
  });
  it.each([
    [
      'a missing config.json',
      { ...sound, 'config.json': new Uint8Array(0) },
      'bad-file',
      /config\.json is missing/,
    ],
    [
      'a missing tokenizer.json',
      { ...sound, 'tokenizer.json': new Uint8Array(0) },
      'bad-file',
      /no tokenizer\.json/,
    ],
    [
      'another architecture',
      withConfig({ architectures: ['GemmaForCausalLM'] }),
      'unsupported-model',
      /GemmaForCausalLM/,
    ],
    ['another activation', withConfig({ hidden_act: 'silu' }), 'unsupported-model', /silu/],
    [
      'rope scaling',
      withConfig({ rope_scaling: { type: 'yarn', factor: 2 } }),
      'unsupported-model',
      /rope_scaling/,
    ],
    [
      'an unknown linear class',
      withConfig({ quantization_config: { quant_method: 'bitnet', linear_class: 'x' } }),
      'unsupported-model',
      /x offline/,
    ],
    ['a layer that is missing', withConfig({ num_hidden_layers: 2 }), 'bad-file', /layers\.1/],
    ['another hidden size', withConfig({ hidden_size: 512 }), 'bad-file', /expected F32, F16 or BF16/],
    ['more tokens than embedding rows', withConfig({ vocab_size: 100 }), 'bad-file', /260 tokens but 100/],
  ])('refuses %s', async (_what, files, code, message) => {
    await expect(convert(files as Record<string, string | Uint8Array>)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('refuses a packed code 3', async () => {
    const damaged = { ...sound, 'model.safetensors': (sound['model.safetensors'] as Uint8Array).slice() };
    const tensors = await readSafetensors(new MemorySource('m', damaged['model.safetensors']));
    const at = tensors.get('model.layers.0.mlp.up_proj.weight')?.offsetBytes ?? 0;
    damaged['model.safetensors'][at + 5] |= 0xc0;
    await expect(convert(damaged)).rejects.toThrow(/code 3/);
  });
});

describe('openPackedTernary', () => {
  it('unpacks the example of the format description', async () => {
    const bytes = new Uint8Array(Buffer.from('a50a50a54a94', 'hex'));
    const location = {
      name: 'w',
      source: new MemorySource('m', bytes),
      offsetBytes: 0,
      sizeBytes: 6,
      rows: 2,
      columns: 3,
    };
    const reader = openPackedTernary(location, 2);
    const rows = [
      [0, 1, -1],
      [0, 1, -1],
      [0, 1, -1],
      [0, 1, 0],
      [1, -1, 0],
      [1, -1, 0],
      [1, -1, 0],
      [1, 0, 1],
    ];
    expect([...(await reader.readCodes(0, 8)).codes]).toEqual(rows.flat());
    for (let first = 0; first < 8; first++) {
      for (let count = 1; first + count <= 8; count++) {
        const { codes } = await reader.readCodes(first, count);
        expect([...codes]).toEqual(rows.slice(first, first + count).flat());
      }
    }
    expect([...(await reader.readFloats(3, 1))].map((value) => value + 0)).toEqual([0, 2, 0]);
  });
});

describe('the default model', () => {
  const checkpoint = findSharedFile('models/sterna-chat/model.safetensors');
  const reason = checkpoint === null ? ` (${missingFile('models/sterna-chat')})` : '';
  const folder = fileURLToPath(new URL('../../models/sterna-chat/', import.meta.url));

  it('is the file that its manifest describes', () => {
    const manifest = JSON.parse(readFileSync(`${folder}manifest.json`, 'utf8')) as Record<string, unknown>;
    const bytes = readFileSync(`${folder}${String(manifest.url)}`);
    const chunkBytes = Number(manifest.chunkBytes);
    const hash = (part: Uint8Array): string => createHash('sha256').update(part).digest('hex');
    const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
      hash(bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes)),
    );
    expect([bytes.length, hash(bytes), chunks]).toEqual([
      manifest.sizeBytes,
      manifest.sha256,
      manifest.chunkSha256,
    ]);
  });

  it.skipIf(checkpoint === null)(
    `has the checkpoint's codes, scales, norms and embedding${reason}`,
    async () => {
      const source = sourceOfFile(`${folder}sterna-chat-i2_s.gguf`);
      const file = await readGguf(source);
      const stored = await readSafetensors(sourceOfFile(checkpoint ?? ''));
      const floats = async (name: string): Promise<Float32Array> => {
        const tensor = stored.get(name);
        if (tensor === undefined) throw new Error(`no tensor ${name}`);
        const type = tensor.dtype === 'BF16' ? 30 : 0;
        const columns = tensor.shape.at(-1) ?? 1;
        const rows = tensor.shape.length === 2 ? tensor.shape[0] : 1;
        return openTensor(type, { ...tensor, rows, columns }).readFloats(0, rows);
      };
      let matrices = 0;
      for (let layer = 0; layer < 8; layer++) {
        const from = `model.layers.${layer}`;
        const to = `blk.${layer}`;
        for (const [theirs, ours] of Object.entries(GGUF_NAMES)) {
          const packed = stored.get(`${from}.${theirs}.weight`);
          if (packed === undefined) throw new Error(`no matrix ${theirs}`);
          const [packedRows, columns] = packed.shape;
          const bytes = await packed.source.read(packed.offsetBytes, packed.sizeBytes);
          const { codes, scales } = await codesOf(openGgufTensor(file, source, `${to}.${ours}.weight`));
          const expected = unpackNaively(bytes, packedRows, columns);
          expect(sameBits(codes, expected)).toBe(true);
          expect(new Set(scales)).toEqual(new Set(await floats(`${from}.${theirs}.weight_scale`)));
          matrices++;
        }
        for (const [theirs, ours] of [
          ['input_layernorm', 'attn_norm'],
          ['post_attention_layernorm', 'ffn_norm'],
          ['self_attn.attn_sub_norm', 'attn_sub_norm'],
          ['mlp.ffn_sub_norm', 'ffn_sub_norm'],
        ]) {
          const norm = await openGgufTensor(file, source, `${to}.${ours}.weight`).readFloats(0, 1);
          expect(sameBits(norm, await floats(`${from}.${theirs}.weight`))).toBe(true);
        }
      }
      const outputNorm = await openGgufTensor(file, source, 'output_norm.weight').readFloats(0, 1);
      expect(sameBits(outputNorm, await floats('model.norm.weight'))).toBe(true);
      const embedding = await openGgufTensor(file, source, 'token_embd.weight').readFloats(0, 4096);
      const expectedEmbedding = await floats('model.embed_tokens.weight');
      // Q8_0: half a step of max|w| / 127 in each block of 32, and the f16 rounding of the step itself (2^-11).
      let beyond = 0;
      for (let block = 0; block < embedding.length; block += 32) {
        const stored32 = expectedEmbedding.subarray(block, block + 32);
        const absmax = stored32.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const bound = absmax * (0.5 / 127 + 2 ** -11) + 1e-7;
        stored32.forEach((value, i) => {
          if (Math.abs(embedding[block + i] - value) > bound) beyond++;
        });
      }
      expect(beyond).toBe(0);
      expect([matrices, file.tensors.length]).toEqual([56, 90]);
    },
  );
});
