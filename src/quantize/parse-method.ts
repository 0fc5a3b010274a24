// The method of a rule, with the options that it takes.

import type { JsonRecord } from '../util/json.ts';
import type { Method } from './recipe.ts';
import type { RecipePlace } from './recipe-place.ts';

type MethodParser = (json: JsonRecord, at: RecipePlace) => Method;

const INT4_GROUPS = [0, 64, 128] as const;

/** Options that each method takes; others in its rule are an error. */
const METHODS: Readonly<
  Record<string, { readonly options: readonly string[]; readonly parse: MethodParser }>
> = {
  keep: { options: [], parse: () => ({ kind: 'keep' }) },
  f32: { options: [], parse: () => ({ kind: 'f32' }) },
  f16: { options: [], parse: () => ({ kind: 'f16' }) },
  int8: {
    options: ['axis'],
    parse: (json, at) => ({ kind: 'int8', axis: at.choice(json, 'axis', ['row', 'column'], 'row') }),
  },
  'int4-rtn': {
    options: ['group', 'clip'],
    parse: (json, at) => ({
      kind: 'int4-rtn',
      group: parseGroup(json, at, INT4_GROUPS),
      clip: parseFlag(json, at, 'clip', false),
    }),
  },
  'int4-gptq': {
    options: ['group', 'clip', 'act_order'],
    parse: (json, at) => ({
      kind: 'int4-gptq',
      group: parseGroup(json, at, INT4_GROUPS),
      clip: parseFlag(json, at, 'clip', false),
      actOrder: parseFlag(json, at, 'act_order', true),
    }),
  },
  ternary: {
    options: ['group'],
    parse: (json, at) => ({ kind: 'ternary', group: parseGroup(json, at, [0, 64, 128, 256] as const) }),
  },
  binary: {
    options: ['group'],
    parse: (json, at) => ({ kind: 'binary', group: parseGroup(json, at, [0, 128] as const) }),
  },
};

const OPTION_KEYS = ['group', 'axis', 'clip', 'act_order'];

/** @throws EngineError 'bad-argument' with a reason of quantize-error.ts */
export function parseMethod(json: JsonRecord, at: RecipePlace): Method {
  const { method } = json;
  const names = Object.keys(METHODS).join(', ');
  if (method === undefined) throw at.key('method').error('missing-key', 'missing', names);
  if (typeof method !== 'string' || !Object.hasOwn(METHODS, method)) {
    throw at.key('method').error('unknown-method', JSON.stringify(method), names);
  }
  const { options, parse } = METHODS[method];
  const stranger = OPTION_KEYS.find((key) => json[key] !== undefined && !options.includes(key));
  if (stranger !== undefined) {
    const expected = options.length === 0 ? 'none' : options.join(', ');
    throw at.key(stranger).error('bad-key', `no option of ${method}`, expected);
  }
  return parse(json, at);
}

function parseGroup<T extends number>(json: JsonRecord, at: RecipePlace, known: readonly T[]): T {
  const { group = 0 } = json;
  const found = known.find((size) => size === group);
  if (found !== undefined) return found;
  throw at.key('group').error('bad-group', JSON.stringify(group), known.join(', '));
}

function parseFlag(json: JsonRecord, at: RecipePlace, key: string, fallback: boolean): boolean {
  const value = json[key];
  if (value === undefined) return fallback;
  if (typeof value === 'boolean') return value;
  throw at.key(key).error('bad-value', JSON.stringify(value), 'true or false');
}
