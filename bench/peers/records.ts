// What a run of the peers writes to bench/peers/results/, and what its page hands to run.ts. Clone-safe.
import type { BenchmarkDevice, Summary } from '../../src/api/benchmark-types.ts';

/** Version of `PeersRecord` as a file. */
export const PEERS_VERSION = 1;

/** One engine at one test, after its warm-up. */
export interface ContenderResult {
  readonly name: string;
  /** What computed it: `webgpu`, `wasm, 2 threads`. Seen, not asked for. */
  readonly ranOn: string;
  /** Dispatches of compute shaders per product or token that the page's WebGPU saw; null where they cannot be seen. */
  readonly dispatches: number | null;
  /** How its result was compared with a reference, and what came out. */
  readonly check: string;
}

/** An engine that could not be measured, and why. */
export interface FailedContender {
  readonly name: string;
  readonly failed: string;
}

/** Products [tokens, k] x [rows, k]^T. */
export interface ProductResult {
  readonly rows: number;
  readonly columns: number;
  readonly tokens: number;
  /** Matrices of this shape that one measured pass multiplies, one after the other. */
  readonly copies: number;
  /** Seconds for one product, quantisation of the activations included. */
  readonly contenders: readonly (ContenderResult & { readonly seconds: Summary })[];
  readonly failed: readonly FailedContender[];
}

/** Whole models. */
export interface ModelResult {
  readonly name: string;
  readonly parameters: number;
  readonly promptTokens: number;
  readonly newTokens: number;
  /** Tokens per second: prompt tokens until the first new token, and new tokens from the first to the last. */
  readonly contenders: readonly (ContenderResult & {
    readonly prefill: Summary;
    readonly decode: Summary;
    /** New tokens of a measurement: fewer for engines that are too slow. */
    readonly newTokens: number;
  })[];
  readonly failed: readonly FailedContender[];
}

/** A file in bench/peers/results/. */
export interface PeersRecord {
  readonly format: 'sterna-peers';
  readonly version: number;
  /** ISO 8601. */
  readonly date: string;
  readonly commit: string;
  readonly browser: string;
  /** What --device said: browsers hide the name of a card. */
  readonly machine: string;
  readonly cpu: string;
  /** Load average of the machine when the run began. */
  readonly load: number;
  readonly device: BenchmarkDevice;
  readonly crossOriginIsolated: boolean;
  /** Versions of the peers. */
  readonly packages: Readonly<Record<string, string>>;
  readonly products: readonly ProductResult[];
  readonly models: readonly ModelResult[];
}

/** A prompt of a peers' model; prompts of one model begin with different tokens, so that no engine can use its cache again. */
export interface Prompt {
  readonly text: string;
  /** What the tokenizer of the file makes of it. */
  readonly ids: readonly number[];
}

/** prompts.json in the folder of a model: what the page needs to know of it. */
export interface PromptFile {
  readonly name: string;
  readonly parameters: number;
  readonly contextLength: number;
  readonly prompts: readonly Prompt[];
  /** Text of every token. */
  readonly texts: readonly string[];
}
