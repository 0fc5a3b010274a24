// What each engine's adapter offers to the benches of products and of models.
import type { Prompt } from '../records.ts';

/** What computes: WebGPU, or the processor through WebAssembly. */
export type Place = 'webgpu' | 'wasm';

/** An engine with its matrices loaded. */
export interface ProductEngine {
  readonly name: string;
  /** Where it shall compute; the dispatches that the page sees must agree. */
  readonly place: Place;
  /** Kernel or form, for the record. */
  readonly kind: string;
  /** Multiplies with every matrix; resolves when the results are there. */
  run(): Promise<void>;
  /** The first product. */
  result(): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** One greedy generation. */
export interface Generation {
  /** Tokens per second, as ModelResult defines them. */
  readonly prefill: number;
  readonly decode: number;
  /** New tokens that were generated; fewer than asked for when the model ended. */
  readonly tokens: number;
  /** The new text. */
  readonly text: string;
}

/** An engine with a model loaded. */
export interface ModelEngine {
  readonly name: string;
  /** Where it computes, as seen. */
  readonly ranOn: string;
  /** Dispatches per token, or null where they cannot be seen. */
  readonly dispatches: number | null;
  generate(prompt: Prompt, newTokens: number): Promise<Generation>;
  dispose(): Promise<void>;
}
