// What a run measures: shapes of products and models, small enough for adapters that compute on the CPU, or of real size.

/** A product to measure: [tokens, columns] x [rows, columns]^T with `copies` matrices in turn. */
export interface ProductPlan {
  readonly rows: number;
  readonly columns: number;
  readonly tokens: number;
  readonly copies: number;
}

/** Sizes of a decoder in the manner of Qwen 3 with a tied head, and what is measured with it. */
export interface ModelPlan {
  /** Folder of its files. */
  readonly folder: string;
  readonly name: string;
  readonly hiddenSize: number;
  readonly ffnSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly promptTokens: number;
  readonly newTokens: number;
}

/** One kind of run. */
export interface Preset {
  readonly rounds: number;
  /** No round begins after this many seconds. */
  readonly maxSeconds: number;
  readonly products: readonly ProductPlan[];
  readonly models: readonly ModelPlan[];
  /** Every form of every engine, or of Sterna, wllama and transformers.js exact arithmetic, Q4_0 and q4 only. */
  readonly thorough: boolean;
}

/** Layers of BitNet 2B4T: attention output, gate or up, down; of the default model: gate or up. */
const BITNET = [
  { rows: 2560, columns: 2560 },
  { rows: 6912, columns: 2560 },
  { rows: 2560, columns: 6912 },
] as const;
const DEFAULT_MODEL = { rows: 1024, columns: 512 } as const;

const SMALL_MODEL: ModelPlan = {
  folder: 'small',
  name: 'Qwen 3 decoder in the sizes of Sterna Chat, all ternary',
  hiddenSize: 512,
  ffnSize: 1024,
  layers: 8,
  heads: 8,
  kvHeads: 4,
  headDim: 64,
  vocabularySize: 4096,
  contextLength: 512,
  promptTokens: 32,
  newTokens: 16,
};

/** By the name on the command line. */
export const PRESETS: Readonly<Record<string, Preset>> = {
  cpu: {
    rounds: 7,
    maxSeconds: 15,
    products: [
      { ...DEFAULT_MODEL, tokens: 1, copies: 8 },
      { ...BITNET[0], tokens: 1, copies: 2 },
      { ...DEFAULT_MODEL, tokens: 128, copies: 1 },
      // Fewer tokens: there some peers take seconds a product.
      { ...BITNET[0], tokens: 32, copies: 1 },
    ],
    models: [SMALL_MODEL],
    thorough: false,
  },
  gpu: {
    rounds: 11,
    thorough: true,
    maxSeconds: 30,
    products: [
      ...BITNET.map((shape) => ({ ...shape, tokens: 1, copies: 24 })),
      ...BITNET.map((shape) => ({ ...shape, tokens: 512, copies: 8 })),
    ],
    models: [
      { ...SMALL_MODEL, promptTokens: 256, newTokens: 128 },
      {
        folder: 'bonsai-1.7b',
        name: 'Qwen 3 decoder in the sizes of Bonsai 1.7B, all ternary',
        hiddenSize: 2048,
        ffnSize: 6144,
        layers: 28,
        heads: 16,
        kvHeads: 8,
        headDim: 128,
        vocabularySize: 151669,
        contextLength: 1024,
        promptTokens: 512,
        newTokens: 128,
      },
    ],
  },
};
