// The recipes that come with the command line: one file each in recipes/.

import binary from '../../recipes/binary.json';
import binaryFirst3 from '../../recipes/binary-first-3.json';
import int4Gptq from '../../recipes/int4-gptq.json';
import int4Hadamard from '../../recipes/int4-hadamard.json';
import int4HadamardClip from '../../recipes/int4-hadamard-clip.json';
import int4HadamardGptq from '../../recipes/int4-hadamard-gptq.json';
import int4Quarot from '../../recipes/int4-quarot.json';
import int4Rtn from '../../recipes/int4-rtn.json';
import int4RtnClip from '../../recipes/int4-rtn-clip.json';
import int4RtnG128 from '../../recipes/int4-rtn-g128.json';
import int8Column from '../../recipes/int8-column.json';
import int8Row from '../../recipes/int8-row.json';
import ternary from '../../recipes/ternary.json';
import ternaryFfn from '../../recipes/ternary-ffn.json';
import veritateMix from '../../recipes/veritate-mix.json';
import { parseRecipe } from './parse-recipe.ts';
import { quantizeError } from './quantize-error.ts';
import type { Recipe } from './recipe.ts';

const PRESETS: Readonly<Record<string, unknown>> = {
  ternary,
  'ternary-ffn': ternaryFfn,
  binary,
  'binary-first-3': binaryFirst3,
  'int8-row': int8Row,
  'int8-column': int8Column,
  'int4-rtn': int4Rtn,
  'int4-rtn-clip': int4RtnClip,
  'int4-rtn-g128': int4RtnG128,
  'int4-hadamard': int4Hadamard,
  'int4-hadamard-clip': int4HadamardClip,
  'int4-quarot': int4Quarot,
  'int4-gptq': int4Gptq,
  'int4-hadamard-gptq': int4HadamardGptq,
  'veritate-mix': veritateMix,
};

/** Names of all presets. */
export const PRESET_NAMES: readonly string[] = Object.keys(PRESETS);

/** @throws EngineError 'bad-argument' with the reason unknown-preset, which lists the presets */
export function presetRecipe(name: string): Recipe {
  if (Object.hasOwn(PRESETS, name)) return parseRecipe(PRESETS[name], `${name}.json`);
  throw quantizeError(
    'bad-argument',
    'unknown-preset',
    `Recipe ${name} is neither a file nor a preset; presets are ${PRESET_NAMES.join(', ')}. Choose one, or give the path of a recipe file.`,
    { recipe: name },
  );
}
