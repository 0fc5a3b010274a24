// What a recipe says, parsed: docs/recipes.md. parse-recipe.ts makes it of JSON.

import type { StatedActivations } from '../quant/quantization-metadata.ts';

/** The seven matrices of a layer. */
export const MATRIX_PARTS = [
  'attn_q',
  'attn_k',
  'attn_v',
  'attn_output',
  'ffn_gate',
  'ffn_up',
  'ffn_down',
] as const;

/** One of them. */
export type MatrixPart = (typeof MATRIX_PARTS)[number];

/** Matrices with a common input, in the order of use. */
export const INPUT_GROUPS = [
  ['attn_q', 'attn_k', 'attn_v'],
  ['attn_output'],
  ['ffn_gate', 'ffn_up'],
  ['ffn_down'],
] as const satisfies readonly (readonly MatrixPart[])[];

/** How one matrix is stored. */
export type Method =
  /** The input's bytes where nothing changes the tensor, else F32. */
  | { readonly kind: 'keep' }
  | { readonly kind: 'f32' }
  | { readonly kind: 'f16' }
  | { readonly kind: 'int8'; readonly axis: 'row' | 'column' }
  | { readonly kind: 'int4-rtn'; readonly group: 0 | 64 | 128; readonly clip: boolean }
  | {
      readonly kind: 'int4-gptq';
      readonly group: 0 | 64 | 128;
      readonly clip: boolean;
      readonly actOrder: boolean;
    }
  /** Group 0: one scale for the tensor. */
  | { readonly kind: 'ternary'; readonly group: 0 | 64 | 128 | 256 }
  /** Group 0: one scale for the row. */
  | { readonly kind: 'binary'; readonly group: 0 | 128 };

/** Layers `first` to `last`, both included; `last` Infinity is to the end. */
export interface LayerRange {
  readonly first: number;
  readonly last: number;
}

/** Chooses the method of some matrices. */
export interface Rule {
  /** Null: all layers. */
  readonly layers: readonly LayerRange[] | null;
  readonly tensors: readonly MatrixPart[];
  readonly method: Method;
}

/** Weights that are kept in higher precision beside those of few bits. */
export type Outliers =
  /** Whole input channels, int8 with one scale per row. Percent of the columns. */
  | { readonly structure: 'channels'; readonly percent: number }
  /** N of each 32 columns of each row, 11 bits with one scale per row. */
  | { readonly structure: '2:32' | '4:32'; readonly slots: 2 | 4 };

/**
 * none; hadamard: residual stream offline, inputs of down and output projection online; offline: residual stream, and
 * values and output projection per head, nothing at run time; online: the online part alone; auto: online, each input of
 * each layer where that lowers the rounding error.
 */
export type Rotation = 'none' | 'hadamard' | 'offline' | 'online' | 'auto';

/** Storage of embedding and head. */
export type TableType = 'keep' | 'f32' | 'f16' | 'q8_0' | 'int8';

/** A recipe. */
export interface Recipe {
  readonly name: string;
  readonly rotation: Rotation;
  readonly activations: StatedActivations | null;
  readonly embedding: TableType;
  readonly head: TableType;
  readonly outliers: Outliers | null;
  /** The first that matches decides; what none matches is kept. */
  readonly rules: readonly Rule[];
}

/** The method of one matrix. */
export function methodOf(recipe: Recipe, layer: number, part: MatrixPart): Method {
  const inside = ({ layers }: Rule): boolean =>
    layers === null || layers.some(({ first, last }) => layer >= first && layer <= last);
  const rule = recipe.rules.find((candidate) => candidate.tensors.includes(part) && inside(candidate));
  return rule?.method ?? { kind: 'keep' };
}

/** Whether outliers are taken out of a matrix of this method: of those with few bits. */
export function takesOutliers(method: Method): boolean {
  return !['keep', 'f32', 'f16', 'int8'].includes(method.kind);
}
