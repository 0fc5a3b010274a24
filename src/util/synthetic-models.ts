// The models that can be measured without a download: published shapes with random weights. Names only; the shapes are
// in src/loader/published-shapes.ts, which a page need not load.

/** One of them. */
export interface SyntheticChoice {
  /** For `SyntheticModel.synthetic` and `--synthetic`. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Key of PUBLISHED_SHAPES. */
  readonly shape: string;
  /** Key of the shape's matrixTypes. */
  readonly type: string;
  /** Weights and a cache of 2048 tokens on the GPU, about, in bytes. */
  readonly memoryBytes: number;
}

/** All of them, small ones first. */
export const SYNTHETIC_MODELS: readonly SyntheticChoice[] = [
  choice('sterna-chat', 'Sterna Chat, 21 M, 2-bit', 'sterna-chat', 'i2_s', 0.03e9),
  choice('bonsai-1.7b', 'Bonsai 1.7B, 1-bit', 'bonsai-1.7b', 'q1_0', 0.8e9),
  choice('ternary-bonsai-1.7b', 'Bonsai 1.7B, 2-bit', 'bonsai-1.7b', 'q2_0_g128', 1.0e9),
  choice('bitnet-2b', 'BitNet 2B, 2-bit', 'bitnet-2b', 'i2_s', 1.3e9),
  choice('bonsai-4b', 'Bonsai 4B, 1-bit', 'bonsai-4b', 'q1_0', 1.4e9),
  choice('ternary-bonsai-4b', 'Bonsai 4B, 2-bit', 'bonsai-4b', 'q2_0_g128', 1.9e9),
  choice('bonsai-8b', 'Bonsai 8B, 1-bit', 'bonsai-8b', 'q1_0', 2.0e9),
  choice('ternary-bonsai-8b', 'Bonsai 8B, 2-bit', 'bonsai-8b', 'q2_0_g128', 3.0e9),
];

function choice(id: string, name: string, shape: string, type: string, memoryBytes: number): SyntheticChoice {
  return { id, name, shape, type, memoryBytes };
}
