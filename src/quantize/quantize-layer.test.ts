import { describe, expect, it } from 'vitest';
import { seededUniform } from '../../shaders/case.ts';
import type { DecoderConfig } from '../architectures/blocks/decoder-config.ts';
import type { FloatLayer, FloatMatrix } from './float-layer.ts';
import { LayerForward, type LinearWeights } from './layer-forward.ts';
import { parseRecipe } from './parse-recipe.ts';
import { quantizeLayer } from './quantize-layer.ts';
import { MATRIX_PARTS, type MatrixPart } from './recipe.ts';

const CONFIG: DecoderConfig = {
  traits: { names: ['llama'], ropePairs: 'half-split', activation: 'silu' },
  layers: 1,
  hiddenSize: 64,
  ffnSize: 96,
  heads: 2,
  kvHeads: 1,
  headDim: 32,
  vocabularySize: 8,
  contextLength: 64,
  epsilon: 1e-5,
  ropeBase: 10000,
  ropeScaling: undefined,
  qkvLimit: undefined,
  tiedHead: true,
};
const TOKENS = 192;
const SHAPES: Readonly<Record<MatrixPart, readonly [rows: number, columns: number]>> = {
  attn_q: [64, 64],
  attn_k: [32, 64],
  attn_v: [32, 64],
  attn_output: [64, 64],
  ffn_gate: [96, 64],
  ffn_up: [96, 64],
  ffn_down: [64, 96],
};

function makeLayer(): FloatLayer {
  const random = seededUniform(11);
  const matrix = (part: MatrixPart): FloatMatrix => {
    const [rows, columns] = SHAPES[part];
    const values = Float32Array.from({ length: rows * columns }, () => random() / Math.sqrt(columns / 3));
    return { name: `blk.0.${part}.weight`, rows, columns, values, bias: null };
  };
  const matrices = Object.fromEntries(MATRIX_PARTS.map((part) => [part, matrix(part)]));
  const gain = () => new Float32Array(64).fill(1);
  return {
    index: 0,
    matrices: matrices as Record<MatrixPart, FloatMatrix>,
    gains: new Map([
      ['attn_norm', gain()],
      ['ffn_norm', gain()],
    ]),
  };
}

// Few directions with large steps: inputs that correlate, as those of real models do.
function makeForward(): LayerForward {
  const random = seededUniform(12);
  const directions = Float32Array.from({ length: 12 * 64 }, random);
  const states = new Float32Array(TOKENS * 64);
  for (let t = 0; t < TOKENS; t++) {
    const mix = Array.from({ length: 12 }, random);
    for (let k = 0; k < 64; k++) {
      states[t * 64 + k] = 0.05 * random() + mix.reduce((sum, m, d) => sum + m * directions[d * 64 + k], 0);
    }
  }
  return new LayerForward(CONFIG, states, {
    sequenceLength: 64,
    online: null,
    activations: 'float',
    ropeFactors: null,
  });
}

function outputError(method: string, isCalibrated: boolean): number {
  const layer = makeLayer();
  const exact = makeForward();
  exact.runLayer(layer);
  const recipe = parseRecipe({ rules: [{ method }] }, 'r');
  const result = quantizeLayer(layer, recipe, isCalibrated ? makeForward() : null);
  const matrices: Record<MatrixPart, LinearWeights> = { ...layer.matrices };
  for (const [part, { values }] of result) matrices[part] = { ...layer.matrices[part], values };
  const rounded = makeForward();
  rounded.runLayer({ matrices, gains: layer.gains });
  return exact.states.reduce((sum, value, at) => sum + (value - rounded.states[at]) ** 2, 0);
}

describe('a calibrated layer', () => {
  it('makes a smaller error of its output with GPTQ than with rounding to nearest', () => {
    expect(outputError('int4-gptq', true)).toBeLessThan(0.5 * outputError('int4-rtn', false));
  });

  it('leaves the states where the rounded layer does', () => {
    const layer = makeLayer();
    const forward = makeForward();
    const recipe = parseRecipe({ rules: [{ method: 'f32' }] }, 'r');
    quantizeLayer(layer, recipe, forward);
    const exact = makeForward();
    exact.runLayer(layer);
    expect(forward.states).toEqual(exact.states);
  });
});
