import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TinyWidths, tinyCheckpoint } from '../../../test/support/tiny-checkpoint.ts';
import { EngineError } from '../../errors.ts';
import { quantize } from './quantize.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sterna-quantize-'));
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** Quantises a checkpoint folder of a tiny model. @returns what it threw, or null, and the files that it left */
async function run(widths: TinyWidths, recipe: string | object) {
  const files = Object.entries(tinyCheckpoint('random-master', widths));
  for (const [name, content] of files) await writeFile(path.join(folder, name), content);
  const recipeFile = path.join(folder, 'recipe.json');
  if (typeof recipe !== 'string') await writeFile(recipeFile, JSON.stringify(recipe));
  const before = await readdir(folder);
  const options = { recipe: typeof recipe === 'string' ? recipe : recipeFile };
  const error = await quantize(folder, path.join(folder, 'out.gguf'), options).catch((thrown) => thrown);
  const left = (await readdir(folder)).filter((name) => !before.includes(name));
  return { error: error ?? null, left };
}

/** One method for every matrix, and tables that take any width, so that the method is what refuses. */
const only = (method: object) => ({ embedding: 'f32', rules: [method] });

describe('widths that no block divides', () => {
  it.each<[reason: string, message: string, widths: TinyWidths, recipe: string | object]>([
    // 240 is 16 times 15 and 528 is 16 times 33: no power of two from 32 on divides them.
    [
      'width-not-divisible',
      'The hidden size is 240',
      { hidden: 240, ffn: 512 },
      { ...only({ method: 'int4-rtn' }), rotation: 'hadamard' },
    ],
    ['width-not-divisible', 'feed-forward layer is 528', { hidden: 256, ffn: 528 }, 'int4-quarot'],
    ['bad-group', 'token_embd.weight has rows of 240', { hidden: 240, ffn: 512 }, 'int4-hadamard'],
    // 576 is 64 times 9: groups of 64 fit, larger ones do not.
    ['bad-group', 'blk.0.ffn_down.weight has rows of 576', { hidden: 256, ffn: 576 }, 'int4-rtn-g128'],
    ['bad-group', 'blk.0.ffn_down.weight has rows of 576', { hidden: 256, ffn: 576 }, 'binary'],
    ['bad-group', 'ternary needs a multiple of 128', { hidden: 256, ffn: 576 }, 'ternary'],
    // 520 is 8 times 65: the engine reads codes 16 columns at a time.
    ['bad-group', 'int4-rtn needs a multiple of 16', { hidden: 256, ffn: 520 }, 'int4-hadamard'],
    ['bad-group', 'int8 needs a multiple of 16', { hidden: 256, ffn: 520 }, only({ method: 'int8' })],
    [
      'bad-group',
      'int8 needs a multiple of 16',
      { hidden: 248, ffn: 512 },
      { embedding: 'int8', rules: [{ method: 'f16' }] },
    ],
    [
      'bad-structure',
      'outliers of the structure 2:32 need a multiple of 32',
      { hidden: 240, ffn: 512 },
      { ...only({ method: 'int4-rtn' }), outliers: { structure: '2:32' } },
    ],
  ])('give one error, %s, and no file: %s', async (reason, message, widths, recipe) => {
    const { error, left } = await run(widths, recipe);
    expect(error).toBeInstanceOf(EngineError);
    expect({ code: error.code, reason: error.details.reason }).toEqual({ code: 'bad-argument', reason });
    expect(error.message).toContain(message);
    expect(left).toEqual([]);
  });

  it('are no matter where a recipe can do without', async () => {
    const widths = { hidden: 240, ffn: 528 };
    const { error, left } = await run(widths, { ...only({ method: 'int4-rtn' }), rotation: 'auto' });
    expect(error).toBeNull();
    expect(left).toEqual(['out.gguf']);
  });
});
