import { describe, expect, it } from 'vitest';
import { sameBits, writeToMemory } from '../../test/support/converted-model.ts';
import {
  buildSafetensors,
  memoryFolder,
  type SafetensorsPart,
} from '../../test/support/safetensors-bytes.ts';
import { TINY_SCALE, tinyCheckpoint, tinyCodes, tinyFloats } from '../../test/support/tiny-checkpoint.ts';
import { encodeBf16 } from '../quant/bf16/format.ts';
import { readSafetensors } from '../safetensors/reader.ts';
import { tokenizerFromGguf } from '../tokenizer/index.ts';
import { sentencePieceFromJson } from '../tokenizer/sentencepiece-from-json.ts';
import { MemorySource } from '../util/byte-source.ts';
import { planCheckpoint } from './convert-checkpoint.ts';

type Files = Record<string, string | Uint8Array>;

const HEAD_DIM = 64;

function floats(name: string, base: number, ...shape: number[]): SafetensorsPart {
  const values = tinyFloats(
    shape.reduce((a, b) => a * b, 1),
    base,
  );
  return { name, dtype: 'BF16', shape, bytes: encodeBf16(values) };
}

/** The tiny checkpoint as another class: config changed, tensors added. */
async function family(
  storage: 'divide' | 'ternary-floats',
  changes: Record<string, unknown>,
  added: readonly SafetensorsPart[] = [],
): Promise<Files> {
  const files = tinyCheckpoint(storage);
  const config = { ...JSON.parse(String(files['config.json'])), hidden_act: 'silu', ...changes };
  const stored = await readSafetensors(new MemorySource('m', files['model.safetensors'] as Uint8Array));
  const parts = await Promise.all(
    [...stored.values()].map(async ({ name, dtype, shape, source, offsetBytes, sizeBytes }) => {
      const bytes = await source.read(offsetBytes, sizeBytes);
      return { name, dtype, shape, bytes };
    }),
  );
  const safetensors = buildSafetensors([...parts, ...added]);
  return { ...files, 'config.json': JSON.stringify(config), 'model.safetensors': safetensors };
}

const write = async (files: Files) =>
  writeToMemory(await planCheckpoint(memoryFolder(files), { matrices: 'i2_s', embedding: 'f32' }));

/** GGUF row 2i + j of a head is row j * D / 2 + i of the checkpoint. */
function permuted(codes: Int8Array, rows: number): Float32Array {
  const columns = codes.length / rows;
  const values = new Float32Array(codes.length);
  for (let row = 0; row < rows; row++) {
    const head = Math.floor(row / HEAD_DIM);
    const i = Math.floor((row % HEAD_DIM) / 2);
    const from = head * HEAD_DIM + (row % 2) * (HEAD_DIM / 2) + i;
    for (let k = 0; k < columns; k++) values[row * columns + k] = codes[from * columns + k] * TINY_SCALE;
  }
  return values;
}

describe('families', () => {
  it.each(['divide', 'ternary-floats'] as const)(
    'Llama, stored as %s: permutes q and k only',
    async (storage) => {
      const model = await write(await family(storage, { architectures: ['LlamaForCausalLM'] }));
      expect(model.file.fields.string('general.architecture')).toBe('llama');
      for (const [name, theirs, rows] of [
        ['attn_q', 'self_attn.q_proj', 256],
        ['attn_k', 'self_attn.k_proj', 128],
      ] as const) {
        const reader = model.open(`blk.0.${name}.weight`);
        expect(sameBits(await reader.readFloats(0, rows), permuted(tinyCodes(theirs), rows))).toBe(true);
        // A window that starts and ends inside heads.
        const middle = permuted(tinyCodes(theirs), rows).subarray(33 * 256, 95 * 256);
        expect(sameBits(await reader.readFloats(33, 62), middle)).toBe(true);
      }
      const v = Float32Array.from(tinyCodes('self_attn.v_proj'), (code) => code * TINY_SCALE);
      expect(sameBits(await model.open('blk.0.attn_v.weight').readFloats(0, 128), v)).toBe(true);
      expect(model.file.tensors.some(({ name }) => name.includes('sub_norm'))).toBe(false);
    },
  );

  it('Llama 3.1: writes the divisors of its frequencies', async () => {
    const rope_scaling = {
      rope_type: 'llama3',
      factor: 8,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 64,
    };
    const model = await write(await family('divide', { architectures: ['LlamaForCausalLM'], rope_scaling }));
    const divisors = await model.open('rope_freqs.weight').readFloats(0, 1);
    expect(divisors.length).toBe(HEAD_DIM / 2);
    // Pair 0 turns 64 / 2 pi = 10.2 times in the old context, pair 3 4.30 times, pair 31 less than once.
    expect([divisors[0], divisors[3], divisors[31]]).toEqual([1, 1, 8]);
    const turns = 64 / (2 * Math.PI * 10000 ** (5 / 32));
    const blend = (turns - 1) / 3;
    expect(divisors[5]).toBeCloseTo(1 / ((1 - blend) / 8 + blend), 5);
  });

  it('Qwen 3: keeps the rows, writes head norms, YaRN and a separate head', async () => {
    const layer = 'model.layers.0.self_attn';
    const added = [
      floats(`${layer}.q_norm.weight`, 1, HEAD_DIM),
      floats(`${layer}.k_norm.weight`, 2, HEAD_DIM),
      floats('lm_head.weight', 0.5, 264, 256),
    ];
    const changes = {
      architectures: ['Qwen3ForCausalLM'],
      tie_word_embeddings: undefined,
      rope_scaling: { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 32 },
    };
    const model = await write(await family('ternary-floats', changes, added));
    const { fields } = model.file;
    expect(fields.string('qwen3.rope.scaling.type')).toBe('yarn');
    expect(fields.float('qwen3.rope.scaling.factor')).toBe(4);
    expect(fields.integer('qwen3.rope.scaling.original_context_length')).toBe(32);
    expect(sameBits(await model.open('blk.0.attn_k_norm.weight').readFloats(0, 1), tinyFloats(64, 2))).toBe(
      true,
    );
    expect(sameBits(await model.open('output.weight').readFloats(0, 264), tinyFloats(264 * 256, 0.5))).toBe(
      true,
    );
    const q = Float32Array.from(tinyCodes('self_attn.q_proj'), (code) => code * TINY_SCALE);
    expect(sameBits(await model.open('blk.0.attn_q.weight').readFloats(0, 256), q)).toBe(true);
  });

  it('Qwen 2: writes the biases of q, k and v', async () => {
    const part = (name: string, length: number) =>
      floats(`model.layers.0.self_attn.${name}_proj.bias`, 3, length);
    const added = [part('q', 256), part('k', 128), part('v', 128)];
    const model = await write(await family('ternary-floats', { architectures: ['Qwen2ForCausalLM'] }, added));
    expect(sameBits(await model.open('blk.0.attn_k.bias').readFloats(0, 1), tinyFloats(128, 3))).toBe(true);
  });

  it('OLMo: has no norm tensors, and says its clip', async () => {
    const changes = { architectures: ['OlmoForCausalLM'], clip_qkv: 8 };
    const { file } = await write(await family('ternary-floats', changes));
    expect(file.tensors.filter(({ name }) => name.includes('norm'))).toEqual([]);
    expect(file.fields.float('olmo.attention.clamp_kqv')).toBe(8);
    expect(file.fields.float('olmo.attention.layer_norm_epsilon')).toBeCloseTo(1e-5, 9);
  });

  it.each([
    [{ attention_bias: true }, /attention_bias/],
    [{ rope_scaling: { type: 'dynamic', factor: 2 } }, /dynamic/],
    [{ quantization_config: { quant_method: 'gptq' } }, /gptq/],
  ])('refuses %j', async (changes, message) => {
    const files = await family('ternary-floats', { architectures: ['LlamaForCausalLM'], ...changes });
    await expect(write(files)).rejects.toMatchObject({
      code: 'unsupported-model',
      message: expect.stringMatching(message),
    });
  });

  it('reads sharded safetensors', async () => {
    const files = await family('ternary-floats', { architectures: ['LlamaForCausalLM'] });
    const { 'model.safetensors': safetensors, ...rest } = files;
    const tensors = await readSafetensors(new MemorySource('m', safetensors as Uint8Array));
    const weight_map: Record<string, string> = {};
    for (const name of tensors.keys()) weight_map[name] = 'model-00001-of-00001.safetensors';
    const index = JSON.stringify({ weight_map });
    const sharded = {
      ...rest,
      'model.safetensors.index.json': index,
      'model-00001-of-00001.safetensors': safetensors,
    };
    const [whole, parts] = [await write(files), await write(sharded)];
    expect(parts.result.files[0].sha256).toBe(whole.result.files[0].sha256);
  });
});

describe('SentencePiece in GGUF', () => {
  it('encodes as tokenizer.json does', async () => {
    const bytes = Array.from(
      { length: 256 },
      (_, b) => `<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`,
    );
    const pieces = ['<unk>', '<s>', '</s>', ...bytes];
    const merges = ['▁ a', 'b c', '▁a bc', 'a b', 'c ▁'];
    // Merged pieces first, then characters: as in Llama 2.
    const texts = [...pieces, '▁a', 'bc', '▁abc', 'ab', 'c▁', '▁', 'a', 'b', 'c'];
    const added = ['<unk>', '<s>', '</s>'].map((content, id) => ({ id, content, special: true }));
    const tokenizerJson = JSON.stringify({
      added_tokens: added,
      normalizer: {
        type: 'Sequence',
        normalizers: [
          { type: 'Prepend', prepend: '▁' },
          { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
        ],
      },
      model: {
        type: 'BPE',
        byte_fallback: true,
        fuse_unk: true,
        unk_token: '<unk>',
        vocab: Object.fromEntries(texts.map((text, id) => [text, id])),
        merges,
      },
    });
    const config = JSON.stringify({ bos_token: '<s>', eos_token: '</s>', add_bos_token: true });
    const files = await family('ternary-floats', { architectures: ['LlamaForCausalLM'], vocab_size: 300 });
    const stored = await readSafetensors(new MemorySource('m', files['model.safetensors'] as Uint8Array));
    const parts = [...stored.values()].filter(({ name }) => name !== 'model.embed_tokens.weight');
    const kept = await Promise.all(
      parts.map(async ({ name, dtype, shape, source, offsetBytes, sizeBytes }) => {
        return { name, dtype, shape, bytes: await source.read(offsetBytes, sizeBytes) };
      }),
    );
    const safetensors = buildSafetensors([...kept, floats('model.embed_tokens.weight', 0, 300, 256)]);
    const model = await write({
      ...files,
      'tokenizer.json': tokenizerJson,
      'tokenizer_config.json': config,
      'model.safetensors': safetensors,
    });
    const fromGguf = tokenizerFromGguf(model.file).tokenizer;
    const direct = sentencePieceFromJson({
      tokenizerJson,
      tokenizerConfigJson: config,
      fileName: 'm',
    }).tokenizer;
    for (const text of ['abc abc', 'bc a b', 'abcabc ab c', 'é日 a', '', 'cab']) {
      expect(fromGguf.encode(text)).toEqual(direct.encode(text));
    }
    expect([fromGguf.bosId, fromGguf.eosId, fromGguf.vocabularySize]).toEqual([1, 2, 300]);
  });
});
