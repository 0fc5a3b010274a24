// Whether a recipe fits a model: what can be said before any weight is read.

import type { DecoderConfig } from '../architectures/blocks/decoder-config.ts';
import { planMatrix } from './matrix-storage.ts';
import { matrixShape } from './plan-layer.ts';
import { quantizeError } from './quantize-error.ts';
import { MATRIX_PARTS, type MatrixPart, type Method, methodOf, type Recipe } from './recipe.ts';
import type { SourceModel } from './source-model.ts';
import { checkTableWidth } from './token-tables.ts';

/**
 * Says at once what would else be said after minutes of reading.
 * @throws EngineError 'bad-argument' with the reason bad-layer-range, bad-combination, calibration-missing, bad-group or
 *   bad-structure; 'bad-file' for a missing tensor
 */
export function checkRecipe(
  recipe: Recipe,
  source: SourceModel,
  config: DecoderConfig,
  isCalibrated: boolean,
): void {
  const { layers } = config;
  checkLayers(recipe, layers);
  const methods = Array.from({ length: layers }, (_, layer) =>
    MATRIX_PARTS.map((part) => [part, methodOf(recipe, layer, part)] as const),
  ).flat();
  const uses = (test: (method: Method) => boolean) => methods.find(([, method]) => test(method));
  const gptq = uses(({ kind }) => kind === 'int4-gptq');
  if (gptq !== undefined && !isCalibrated) {
    throw quantizeError(
      'bad-argument',
      'calibration-missing',
      `Recipe ${recipe.name} uses int4-gptq, which learns from text; expected a calibration text. Give one with --calibration.`,
      { recipe: recipe.name },
    );
  }
  if (gptq !== undefined && recipe.outliers !== null && recipe.outliers.structure !== 'channels') {
    throw combination(recipe, `int4-gptq with outliers of ${recipe.outliers.structure}`, 'channels');
  }
  checkRotatedColumns(recipe, methods);
  checkWidths(recipe, source, config);
}

type PartMethod = readonly [part: MatrixPart, method: Method];

function checkRotatedColumns(recipe: Recipe, methods: readonly PartMethod[]): void {
  if (recipe.rotation !== 'hadamard' && recipe.rotation !== 'online') return;
  const column = methods.find(
    ([part, method]) =>
      method.kind === 'int8' && method.axis === 'column' && (part === 'attn_output' || part === 'ffn_down'),
  );
  if (column !== undefined) {
    const observed = `int8 per column for ${column[0]}, whose input is rotated at run time`;
    throw combination(recipe, observed, 'int8 per row there: nothing before it can take the scales');
  }
}

function checkWidths(
  recipe: Recipe,
  source: SourceModel,
  { layers, hiddenSize, tiedHead }: DecoderConfig,
): void {
  checkTableWidth('token_embd.weight', recipe.embedding, hiddenSize);
  if (!tiedHead) checkTableWidth('output.weight', recipe.head, hiddenSize);
  for (let layer = 0; layer < layers; layer++) {
    for (const part of MATRIX_PARTS) {
      const method = methodOf(recipe, layer, part);
      if (method.kind === 'keep') continue;
      planMatrix(matrixShape(source, `blk.${layer}.${part}.weight`), method, recipe.outliers);
    }
  }
}

function checkLayers(recipe: Recipe, layers: number): void {
  for (const [index, rule] of recipe.rules.entries()) {
    for (const { first, last } of rule.layers ?? []) {
      const highest = last === Number.POSITIVE_INFINITY ? first : last;
      if (highest < layers) continue;
      throw quantizeError(
        'bad-argument',
        'bad-layer-range',
        `Rule ${index} of recipe ${recipe.name} names layer ${highest}; expected layers 0 to ${layers - 1} of this model. Correct the recipe, or use an open range such as "${first}-".`,
        { recipe: recipe.name, field: `rules[${index}].layers` },
      );
    }
  }
}

function combination(recipe: Recipe, observed: string, expected: string): Error {
  return quantizeError(
    'bad-argument',
    'bad-combination',
    `Recipe ${recipe.name} has ${observed}; expected ${expected}. Correct the recipe.`,
    { recipe: recipe.name },
  );
}
