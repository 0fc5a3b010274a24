import { describe, expect, it } from 'vitest';
import { sameBits, writeToMemory } from '../../test/support/converted-model.ts';
import {
  buildSafetensors,
  memoryFolder,
  type SafetensorsPart,
} from '../../test/support/safetensors-bytes.ts';
import {
  TINY_MATRICES,
  TINY_SCALE,
  tinyCheckpoint,
  tinyCodes,
  tinyFloats,
} from '../../test/support/tiny-checkpoint.ts';
import { encodeBf16 } from '../quant/bf16/format.ts';
import { planCheckpoint } from './convert-checkpoint.ts';

const GROUP = 128;

const bf16 = (name: string, shape: number[], values: Float32Array): SafetensorsPart => ({
  name,
  dtype: 'BF16',
  shape,
  bytes: encodeBf16(values),
});

/** A module in 2-bit MLX form: codes from the low end, scale s and bias -s for each group. */
function mlxModule(module: string, codes: Int8Array, rows: number, columns: number): SafetensorsPart[] {
  const bytes = new Uint8Array(codes.length / 4);
  codes.forEach((code, index) => {
    bytes[index >> 2] |= (code + 1) << (2 * (index & 3));
  });
  const groups = [rows, columns / GROUP];
  const scales = new Float32Array((rows * columns) / GROUP).fill(TINY_SCALE);
  return [
    { name: `${module}.weight`, dtype: 'U32', shape: [rows, columns / 16], bytes },
    bf16(`${module}.scales`, groups, scales),
    bf16(
      `${module}.biases`,
      groups,
      scales.map((scale) => -scale),
    ),
  ];
}

const embeddingCodes = Int8Array.from({ length: 264 * 256 }, (_, index) => ((index * 7) % 3) - 1);

function mlxCheckpoint(): Record<string, string | Uint8Array> {
  const files = tinyCheckpoint('multiply');
  const layer = 'model.layers.0';
  const config = {
    ...JSON.parse(String(files['config.json'])),
    architectures: ['Qwen3ForCausalLM'],
    hidden_act: 'silu',
    quantization_config: undefined,
    quantization: { group_size: GROUP, bits: 2 },
  };
  const norms = (['input_layernorm', 'post_attention_layernorm'] as const).map((name) =>
    bf16(`${layer}.${name}.weight`, [256], tinyFloats(256, 1)),
  );
  const heads = (['q_norm', 'k_norm'] as const).map((name) =>
    bf16(`${layer}.self_attn.${name}.weight`, [64], tinyFloats(64, 1)),
  );
  const matrices = Object.entries(TINY_MATRICES).flatMap(([name, [rows, columns]]) =>
    mlxModule(`${layer}.${name}`, tinyCodes(name), rows, columns),
  );
  const parts = [
    ...mlxModule('model.embed_tokens', embeddingCodes, 264, 256),
    bf16('model.norm.weight', [256], tinyFloats(256, 1)),
    ...norms,
    ...heads,
    ...matrices,
  ];
  return { ...files, 'config.json': JSON.stringify(config), 'model.safetensors': buildSafetensors(parts) };
}

describe('planCheckpoint of an MLX checkpoint', () => {
  it.each(['q2_0', 'tq1_0', 'i2_s'] as const)('keeps codes and scales as %s, embedding too', async (type) => {
    const model = await writeToMemory(
      await planCheckpoint(memoryFolder(mlxCheckpoint()), { matrices: type }),
    );
    for (const [name, codes, rows] of [
      ['blk.0.ffn_down.weight', tinyCodes('mlp.down_proj'), 256],
      ['blk.0.attn_q.weight', tinyCodes('self_attn.q_proj'), 256],
      ['token_embd.weight', embeddingCodes, 264],
    ] as const) {
      const reader = model.open(name);
      if (reader.kind !== 'ternary') throw new Error(`${name} is ${reader.kind}`);
      const read = await reader.readCodes(0, rows);
      expect(sameBits(read.codes, codes)).toBe(true);
      expect(new Set(read.scales)).toEqual(new Set([TINY_SCALE]));
    }
  });
});
