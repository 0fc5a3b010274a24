// The Hugging Face model classes that can be converted: one line each in FAMILIES.

/** Norms of a layer by their GGUF name, with the module of the checkpoint and what their length is. */
export interface NormPlan {
  readonly name: string;
  readonly module: string;
  readonly length: 'hidden' | 'attention' | 'ffn' | 'head';
}

/** One class of models. */
export interface Family {
  /** The only `hidden_act`. */
  readonly activation: 'silu' | 'relu2';
  /** Key of the epsilon of RMS norms; null: layer norms of epsilon 1e-5, which is not in the file. */
  readonly normEpsilon: 'rms_norm_eps' | null;
  /** Whether the architecture of the engine knows of rope scaling. */
  readonly ropeScaling: boolean;
  /** `general.architecture`. */
  readonly architecture: string;
  /** Norms of each layer; empty for norms without gains, then there is no output norm either. */
  readonly norms: readonly NormPlan[];
  /** Rows of q and k are reordered for rotary pairs (2i, 2i + 1): the GGUF architecture has NORM rope. */
  readonly permuted: boolean;
  /** Biases of q, k and v. */
  readonly biases: boolean;
  /** The model itself ternarises its weights in each pass, so that floats in the checkpoint are master weights. */
  readonly masterWeights: boolean;
}

const PRE_NORMS: readonly NormPlan[] = [
  { name: 'attn_norm', module: 'input_layernorm', length: 'hidden' },
  { name: 'ffn_norm', module: 'post_attention_layernorm', length: 'hidden' },
];
const SUB_NORMS: readonly NormPlan[] = [
  { name: 'attn_sub_norm', module: 'self_attn.attn_sub_norm', length: 'attention' },
  { name: 'ffn_sub_norm', module: 'mlp.ffn_sub_norm', length: 'ffn' },
];
const INNER_NORMS: readonly NormPlan[] = [
  { name: 'attn_sub_norm', module: 'self_attn.inner_attn_ln', length: 'attention' },
  { name: 'ffn_sub_norm', module: 'mlp.ffn_layernorm', length: 'ffn' },
];
const HEAD_NORMS: readonly NormPlan[] = [
  { name: 'attn_q_norm', module: 'self_attn.q_norm', length: 'head' },
  { name: 'attn_k_norm', module: 'self_attn.k_norm', length: 'head' },
];

const PLAIN: Family = {
  architecture: 'llama',
  activation: 'silu',
  norms: PRE_NORMS,
  normEpsilon: 'rms_norm_eps',
  permuted: false,
  biases: false,
  masterWeights: false,
  ropeScaling: true,
};

/** By `architectures` of config.json. transformers spells BitNet with a capital N; `Bitnet` is 1bitLLM's, with SiLU. */
export const FAMILIES: Readonly<Record<string, Family>> = {
  BitNetForCausalLM: {
    ...PLAIN,
    architecture: 'bitnet-b1.58',
    activation: 'relu2',
    norms: [...PRE_NORMS, ...SUB_NORMS],
    ropeScaling: false,
  },
  BitnetForCausalLM: {
    ...PLAIN,
    architecture: 'bitnet',
    norms: [...PRE_NORMS, ...INNER_NORMS],
    masterWeights: true,
    ropeScaling: false,
  },
  LlamaForCausalLM: { ...PLAIN, permuted: true },
  Qwen2ForCausalLM: { ...PLAIN, architecture: 'qwen2', biases: true },
  Qwen3ForCausalLM: { ...PLAIN, architecture: 'qwen3', norms: [...PRE_NORMS, ...HEAD_NORMS] },
  OlmoForCausalLM: { ...PLAIN, architecture: 'olmo', norms: [], normEpsilon: null, permuted: true },
};
