// Which GGUF tensors a BitNet checkpoint becomes, in file order, and from which Hugging Face tensors.

import type { CheckpointConfig } from './checkpoint-config.ts';

/** One tensor of the output. */
export interface PlannedTensor {
  /** GGUF name. */
  readonly name: string;
  /** Hugging Face name. */
  readonly from: string;
  readonly kind: 'embedding' | 'norm' | 'matrix';
  readonly rows: number;
  /** ne0. */
  readonly columns: number;
}

/** All tensors of the GGUF file. NEOX rope needs no permutation of q and k. */
export function planTensors(config: CheckpointConfig): PlannedTensor[] {
  const { hiddenSize, vocabularySize } = config;
  const embedding = { kind: 'embedding', rows: vocabularySize, columns: hiddenSize } as const;
  const tensors: PlannedTensor[] = [
    { name: 'token_embd.weight', from: 'model.embed_tokens.weight', ...embedding },
    { name: 'output_norm.weight', from: 'model.norm.weight', kind: 'norm', rows: 1, columns: hiddenSize },
  ];
  if (!config.tiedEmbedding) tensors.push({ name: 'output.weight', from: 'lm_head.weight', ...embedding });
  for (let layer = 0; layer < config.layers; layer++) tensors.push(...planLayer(config, layer));
  return tensors;
}

function planLayer(config: CheckpointConfig, layer: number): PlannedTensor[] {
  const { hiddenSize, ffnSize } = config;
  const attentionSize = config.heads * config.headDim;
  const kvSize = config.kvHeads * config.headDim;
  const norm = (name: string, from: string, columns: number): PlannedTensor => ({
    name: `blk.${layer}.${name}.weight`,
    from: `model.layers.${layer}.${from}.weight`,
    kind: 'norm',
    rows: 1,
    columns,
  });
  const matrix = (name: string, from: string, rows: number, columns: number): PlannedTensor => ({
    name: `blk.${layer}.${name}.weight`,
    from: `model.layers.${layer}.${from}.weight`,
    kind: 'matrix',
    rows,
    columns,
  });
  return [
    norm('attn_norm', 'input_layernorm', hiddenSize),
    matrix('attn_q', 'self_attn.q_proj', attentionSize, hiddenSize),
    matrix('attn_k', 'self_attn.k_proj', kvSize, hiddenSize),
    matrix('attn_v', 'self_attn.v_proj', kvSize, hiddenSize),
    norm('attn_sub_norm', 'self_attn.attn_sub_norm', attentionSize),
    matrix('attn_output', 'self_attn.o_proj', hiddenSize, attentionSize),
    norm('ffn_norm', 'post_attention_layernorm', hiddenSize),
    matrix('ffn_gate', 'mlp.gate_proj', ffnSize, hiddenSize),
    matrix('ffn_up', 'mlp.up_proj', ffnSize, hiddenSize),
    norm('ffn_sub_norm', 'mlp.ffn_sub_norm', ffnSize),
    matrix('ffn_down', 'mlp.down_proj', hiddenSize, ffnSize),
  ];
}
