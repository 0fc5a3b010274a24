import { describe, expect, it } from 'vitest';
import type { DecoderConfig } from '../architectures/blocks/decoder-config.ts';
import { chooseRotations } from './choose-rotations.ts';
import { parseRecipe } from './parse-recipe.ts';
import { MATRIX_PARTS } from './recipe.ts';
import type { SourceModel } from './source-model.ts';

const COLUMNS = 64;

/** Matrices [8, columns] whose weights `weightOf` makes; everything else of a model is absent. */
function modelOf(weightOf: (part: string, at: number) => number, columns = COLUMNS): SourceModel {
  const partOf = (name: string) => MATRIX_PARTS.find((part) => name === `blk.0.${part}.weight`);
  const file = { name: 'm.gguf' } as SourceModel['file'];
  return {
    file,
    has: (name) => partOf(name) !== undefined,
    open: async (name) => ({
      rows: 8,
      columns,
      readFloats: async () =>
        Float32Array.from({ length: 8 * columns }, (_, at) => weightOf(partOf(name) ?? '', at)),
    }),
    copy: () => {
      throw new Error('nothing is copied');
    },
  };
}

const config = { layers: 1 } as DecoderConfig;
const recipe = (rules: unknown) => parseRecipe({ rotation: 'auto', rules }, 'test');
const INT4 = recipe([{ method: 'int4-rtn' }]);
// Spread evenly, apart from one large weight per row.
const peaked = (at: number) => (at % COLUMNS === 3 ? 9 : Math.sin(at * at));
const ternary = (at: number) => ((at * 7) % 3) - 1;

describe('the choice of rotations', () => {
  it('rotates inputs whose matrices have outliers, and leaves weights alone that int4 holds exactly', async () => {
    const model = modelOf((part, at) => (part === 'ffn_down' ? peaked(at) : ternary(at)));
    const { online, residual } = await chooseRotations(model, INT4, config);
    expect(residual).toBeNull();
    expect(online).toEqual([new Map([['ffn_down', 64]])]);
  });

  it('answers that nothing is rotated where nothing gains', async () => {
    expect(
      (
        await chooseRotations(
          modelOf((_, at) => ternary(at)),
          INT4,
          config,
        )
      ).online,
    ).toBeNull();
  });

  it.each([
    ['floats', [{ method: 'f16' }], COLUMNS],
    ['int8 per column', [{ method: 'int8', axis: 'column' }], COLUMNS],
    ['a width without a block', [{ method: 'int4-rtn' }], 48],
  ])('leaves alone %s', async (_, rules, columns) => {
    const model = modelOf((_, at) => peaked(at), columns);
    expect((await chooseRotations(model, recipe(rules), config)).online).toBeNull();
  });
});
