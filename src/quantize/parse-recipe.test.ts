import { describe, expect, it } from 'vitest';
import { EngineError } from '../errors.ts';
import { parseRecipe, parseRecipeText } from './parse-recipe.ts';
import { PRESET_NAMES, presetRecipe } from './presets.ts';
import { methodOf } from './recipe.ts';

function reasonOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    if (error instanceof EngineError) return error.details.reason;
    throw error;
  }
  return null;
}

const ternary = { method: 'ternary' };

describe('recipes', () => {
  it('chooses the first rule that matches layer and tensor, and keeps what none matches', () => {
    const recipe = parseRecipe(
      {
        rules: [
          { layers: '0-1,4-', tensors: ['ffn_down'], method: 'int4-rtn', group: 64, clip: true },
          { tensors: ['ffn'], method: 'binary', group: 128 },
        ],
      },
      'r.json',
    );
    expect(methodOf(recipe, 9, 'ffn_down')).toEqual({ kind: 'int4-rtn', group: 64, clip: true });
    expect(methodOf(recipe, 2, 'ffn_down')).toEqual({ kind: 'binary', group: 128 });
    expect(methodOf(recipe, 0, 'attn_q')).toEqual({ kind: 'keep' });
  });

  it('has defaults: no rotation, f16 tables, the file’s name', () => {
    const { name, rotation, embedding, head, outliers, activations } = parseRecipe(
      { rules: [ternary] },
      'my.json',
    );
    expect({ name, rotation, embedding, head, outliers, activations }).toEqual({
      name: 'my',
      rotation: 'none',
      embedding: 'f16',
      head: 'f16',
      outliers: null,
      activations: null,
    });
  });

  it.each<[string, unknown]>([
    ['bad-key', { rule: [], rules: [ternary] }],
    ['bad-key', { rules: [{ ...ternary, layer: '0' }] }],
    ['bad-key', { rules: [{ ...ternary, clip: true }] }],
    ['missing-key', { rules: [] }],
    ['missing-key', { rules: [{ group: 64 }] }],
    ['bad-value', { rotation: 'dct', rules: [ternary] }],
    ['bad-value', { rules: [{ method: 'int4-rtn', clip: 1 }] }],
    ['unknown-method', { rules: [{ method: 'int3' }] }],
    ['unknown-method', { rules: [{ method: 'toString' }] }],
    ['unknown-tensor', { rules: [{ ...ternary, tensors: ['ffn_sideways'] }] }],
    ['bad-group', { rules: [{ method: 'int4-rtn', group: 32 }] }],
    ['bad-layer-range', { rules: [{ ...ternary, layers: '3-1' }] }],
    ['bad-layer-range', { rules: [{ ...ternary, layers: 'first' }] }],
    ['bad-structure', { outliers: { structure: '3:32' }, rules: [ternary] }],
    ['bad-combination', { outliers: { structure: '2:32', percent: 5 }, rules: [ternary] }],
    ['percent-out-of-range', { outliers: { structure: 'channels' }, rules: [ternary] }],
    ['percent-out-of-range', { outliers: { percent: 0 }, rules: [ternary] }],
    ['percent-out-of-range', { outliers: { percent: 51 }, rules: [ternary] }],
  ])('refuses with the reason %s: %j', (reason, json) => {
    expect(reasonOf(() => parseRecipe(json, 'r.json'))).toBe(reason);
  });

  it('takes the percentages at the limits', () => {
    for (const percent of [0.1, 50]) {
      expect(parseRecipe({ outliers: { percent }, rules: [ternary] }, 'r').outliers).toEqual({
        structure: 'channels',
        percent,
      });
    }
  });

  it('names the place in the message', () => {
    const run = () => parseRecipe({ rules: [ternary, { method: 'int3' }] }, 'r.json');
    expect(run).toThrow(/^rules\[1\]\.method of recipe r\.json is "int3"; expected keep, f32/);
    expect(reasonOf(() => parseRecipeText('{', 'r.json'))).toBe('bad-json');
  });
});

describe('presets', () => {
  it.each(PRESET_NAMES)('%s parses and has its own name', (name) => {
    expect(presetRecipe(name).name).toBe(name);
  });

  it('are listed when an unknown one is asked for', () => {
    expect(() => presetRecipe('int5')).toThrow(/presets are ternary, ternary-ffn/);
  });
});
