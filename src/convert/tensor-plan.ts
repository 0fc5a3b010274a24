// Which GGUF tensors a checkpoint becomes, in file order, and from which Hugging Face modules.

import type { CheckpointConfig } from './checkpoint-config.ts';

/** One tensor of the output. */
export interface PlannedTensor {
  /** GGUF name. */
  readonly name: string;
  /** Hugging Face name. */
  readonly from: string;
  /** `vector`: a norm gain or a bias, F32. */
  readonly kind: 'embedding' | 'vector' | 'matrix';
  readonly rows: number;
  /** ne0. */
  readonly columns: number;
  /** Heads whose rows are reordered for NORM rope; 0: none are. */
  readonly permutedHeads: number;
}

/** Order of use, so that a layer can be read from front to back. */
const LAYER_ORDER: readonly string[] = [
  'attn_norm',
  'attn_q',
  'attn_k',
  'attn_v',
  'attn_q_norm',
  'attn_k_norm',
  'attn_sub_norm',
  'attn_output',
  'ffn_norm',
  'ffn_gate',
  'ffn_up',
  'ffn_sub_norm',
  'ffn_down',
];

/**
 * All tensors of the GGUF file, but for rope_freqs.
 * @param hasHead whether the head is a tensor of its own
 */
export function planTensors(config: CheckpointConfig, hasHead: boolean): PlannedTensor[] {
  const { hiddenSize, vocabularySize, family } = config;
  const table = { kind: 'embedding', rows: vocabularySize, columns: hiddenSize, permutedHeads: 0 } as const;
  const tensors: PlannedTensor[] = [
    { name: 'token_embd.weight', from: 'model.embed_tokens.weight', ...table },
  ];
  if (family.norms.length > 0) tensors.push(vector('output_norm.weight', 'model.norm.weight', hiddenSize));
  if (hasHead) tensors.push({ name: 'output.weight', from: 'lm_head.weight', ...table });
  for (let layer = 0; layer < config.layers; layer++) tensors.push(...planLayer(config, layer));
  return tensors;
}

function planLayer(config: CheckpointConfig, layer: number): PlannedTensor[] {
  const { hiddenSize, ffnSize, headDim, family } = config;
  const attention = config.heads * headDim;
  const kv = config.kvHeads * headDim;
  const lengths = { hidden: hiddenSize, attention, ffn: ffnSize, head: headDim };
  const ours = `blk.${layer}`;
  const theirs = `model.layers.${layer}`;
  const matrix = (name: string, module: string, rows: number, columns: number, heads = 0): PlannedTensor => ({
    name: `${ours}.${name}.weight`,
    from: `${theirs}.${module}.weight`,
    kind: 'matrix',
    rows,
    columns,
    permutedHeads: family.permuted ? heads : 0,
  });
  const norms = family.norms.map(({ name, module, length }) =>
    vector(`${ours}.${name}.weight`, `${theirs}.${module}.weight`, lengths[length]),
  );
  const biases = (['q', 'k', 'v'] as const).map((part) =>
    vector(
      `${ours}.attn_${part}.bias`,
      `${theirs}.self_attn.${part}_proj.bias`,
      part === 'q' ? attention : kv,
    ),
  );
  const tensors = [
    ...norms,
    matrix('attn_q', 'self_attn.q_proj', attention, hiddenSize, config.heads),
    matrix('attn_k', 'self_attn.k_proj', kv, hiddenSize, config.kvHeads),
    matrix('attn_v', 'self_attn.v_proj', kv, hiddenSize),
    ...(family.biases ? biases : []),
    matrix('attn_output', 'self_attn.o_proj', hiddenSize, attention),
    matrix('ffn_gate', 'mlp.gate_proj', ffnSize, hiddenSize),
    matrix('ffn_up', 'mlp.up_proj', ffnSize, hiddenSize),
    matrix('ffn_down', 'mlp.down_proj', hiddenSize, ffnSize),
  ];
  const place = ({ name }: PlannedTensor): number => LAYER_ORDER.indexOf(name.split('.')[2]);
  return tensors.sort((a, b) => place(a) - place(b));
}

function vector(name: string, from: string, columns: number): PlannedTensor {
  return { name, from, kind: 'vector', rows: 1, columns, permutedHeads: 0 };
}
