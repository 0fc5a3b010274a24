// Recipes from JSON, checked key by key: a misspelt key must not silently change a model.

import type { StatedActivations } from '../quant/quantization-metadata.ts';
import { isRecord } from '../util/json.ts';
import { parseMethod } from './parse-method.ts';
import { quantizeError } from './quantize-error.ts';
import {
  type LayerRange,
  MATRIX_PARTS,
  type MatrixPart,
  type Outliers,
  type Recipe,
  type Rotation,
  type Rule,
  type TableType,
} from './recipe.ts';
import { RecipePlace } from './recipe-place.ts';

const RECIPE_KEYS = [
  'name',
  'description',
  'rotation',
  'activations',
  'embedding',
  'head',
  'outliers',
  'rules',
];
const RULE_KEYS = ['layers', 'tensors', 'method', 'group', 'axis', 'clip', 'act_order'];
const ROTATIONS: readonly Rotation[] = ['none', 'hadamard', 'offline', 'online', 'auto'];
const ACTIVATIONS: readonly StatedActivations[] = ['float', 'int8-token', 'int8-block'];
const TABLE_TYPES: readonly TableType[] = ['keep', 'f32', 'f16', 'q8_0', 'int8'];
/** Names that stand for several tensors. */
const TENSOR_SETS: Readonly<Record<string, readonly MatrixPart[]>> = {
  attn: MATRIX_PARTS.filter((part) => part.startsWith('attn')),
  ffn: MATRIX_PARTS.filter((part) => part.startsWith('ffn')),
};
/** More outliers than this are no outliers: int8 for all would be smaller. */
const MAX_PERCENT = 50;

/**
 * Parses the text of a recipe file.
 * @param fileName for messages, and the recipe's name when it has none
 * @throws EngineError 'bad-argument' with a reason of quantize-error.ts
 */
export function parseRecipeText(text: string, fileName: string): Recipe {
  try {
    return parseRecipe(JSON.parse(text), fileName);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw quantizeError(
        'bad-argument',
        'bad-json',
        `Recipe ${fileName} is not JSON: ${error.message}. Correct the file.`,
        { file: fileName },
      );
    }
    throw error;
  }
}

/** Parses a recipe that was JSON. @throws as parseRecipeText */
export function parseRecipe(json: unknown, fileName: string): Recipe {
  const at = new RecipePlace(fileName, '');
  if (!isRecord(json)) throw at.error('bad-value', 'no object', 'an object with rules');
  at.requireKeys(json, RECIPE_KEYS);
  if (!Array.isArray(json.rules) || json.rules.length === 0) {
    throw at.key('rules').error('missing-key', 'missing or empty', 'a list of rules');
  }
  const embedding = at.choice(json, 'embedding', TABLE_TYPES, 'f16');
  return {
    name: typeof json.name === 'string' && json.name !== '' ? json.name : fileName.replace(/\.json$/, ''),
    rotation: at.choice(json, 'rotation', ROTATIONS, 'none'),
    activations: json.activations === undefined ? null : at.choice(json, 'activations', ACTIVATIONS, 'float'),
    embedding,
    head: at.choice(json, 'head', TABLE_TYPES, embedding),
    outliers: parseOutliers(json.outliers, at.key('outliers')),
    rules: json.rules.map((rule: unknown, index) => parseRule(rule, at.key(`rules[${index}]`))),
  };
}

function parseRule(json: unknown, at: RecipePlace): Rule {
  if (!isRecord(json)) throw at.error('bad-value', JSON.stringify(json), 'an object');
  at.requireKeys(json, RULE_KEYS);
  return {
    layers: json.layers === undefined ? null : parseLayers(json.layers, at.key('layers')),
    tensors: json.tensors === undefined ? MATRIX_PARTS : parseTensors(json.tensors, at.key('tensors')),
    method: parseMethod(json, at),
  };
}

/** "3", "0-2", "4-", or several with commas. */
function parseLayers(json: unknown, at: RecipePlace): LayerRange[] {
  const expected = 'layers such as "3", "0-2", "4-" or "0-1,5"';
  if (typeof json !== 'string') throw at.error('bad-layer-range', JSON.stringify(json), expected);
  return json.split(',').map((part) => {
    const match = /^\s*(\d+)\s*(-\s*(\d*)\s*)?$/.exec(part);
    if (match === null) throw at.error('bad-layer-range', JSON.stringify(json), expected);
    const first = Number(match[1]);
    const open = match[2] !== undefined && match[3] === '';
    const last = open ? Number.POSITIVE_INFINITY : Number(match[3] ?? match[1]);
    if (last < first) throw at.error('bad-layer-range', JSON.stringify(json), 'a first layer up to the last');
    return { first, last };
  });
}

function parseTensors(json: unknown, at: RecipePlace): MatrixPart[] {
  const expected = `a list of ${[...MATRIX_PARTS, ...Object.keys(TENSOR_SETS)].join(', ')}`;
  if (!Array.isArray(json) || json.length === 0) {
    throw at.error('unknown-tensor', JSON.stringify(json), expected);
  }
  return json.flatMap((name: unknown): readonly MatrixPart[] => {
    const part = MATRIX_PARTS.find((candidate) => candidate === name);
    if (part !== undefined) return [part];
    if (typeof name === 'string' && Object.hasOwn(TENSOR_SETS, name)) return TENSOR_SETS[name];
    throw at.error('unknown-tensor', JSON.stringify(name), expected);
  });
}

function parseOutliers(json: unknown, at: RecipePlace): Outliers | null {
  if (json === undefined || json === null) return null;
  if (!isRecord(json)) throw at.error('bad-value', JSON.stringify(json), 'an object');
  at.requireKeys(json, ['structure', 'percent', 'precision']);
  at.choice(json, 'precision', ['int8'], 'int8');
  const { structure = 'channels', percent } = json;
  if (structure === '2:32' || structure === '4:32') {
    if (percent !== undefined) {
      const observed = `given with the structure ${structure}, which has a share of its own`;
      throw at.key('percent').error('bad-combination', observed, 'percent for channels only');
    }
    return { structure, slots: structure === '2:32' ? 2 : 4 };
  }
  if (structure !== 'channels') {
    const expected = 'channels, 2:32 or 4:32';
    throw at.key('structure').error('bad-structure', JSON.stringify(structure), expected);
  }
  if (typeof percent !== 'number' || !(percent > 0) || percent > MAX_PERCENT) {
    const expected = `above 0 and at most ${MAX_PERCENT}`;
    throw at.key('percent').error('percent-out-of-range', JSON.stringify(percent) ?? 'missing', expected);
  }
  return { structure, percent };
}
