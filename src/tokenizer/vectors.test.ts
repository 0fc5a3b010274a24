import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMilliseconds } from '../../test/support/cpu-time.ts';
import { findSharedFile, missingFile, sourceOfFile } from '../../test/support/shared-data.ts';
import { readGguf } from '../gguf/reader.ts';
import { tokenizerFromGguf } from './index.ts';
import type { Tokenizer } from './tokenizer.ts';

const SEPARATOR = '\n__ggml_vocab_test__\n';

async function loadTokenizer(path: string): Promise<Tokenizer> {
  return tokenizerFromGguf(await readGguf(sourceOfFile(path))).tokenizer;
}

describe.each(['gpt-2', 'llama-bpe', 'qwen2', 'llama-spm'])("llama.cpp's vectors of %s", (name) => {
  const path = findSharedFile(`tokenizers/ggml-vocab-${name}.gguf`);
  const reason = path === null ? ` (${missingFile(`tokenizers/ggml-vocab-${name}.gguf`)})` : '';

  it.skipIf(path === null)(`gives the published ids for all 46 texts${reason}`, async () => {
    const file = path ?? '';
    const tokenizer = await loadTokenizer(file);
    const texts = readFileSync(`${file}.inp`, 'utf8').split(SEPARATOR).slice(0, -1);
    const expected = readFileSync(`${file}.out`, 'utf8').split('\n').slice(0, texts.length);
    expect(texts).toHaveLength(46);
    texts.forEach((text, index) => {
      const ids = tokenizer.encode(text);
      expect(ids.join(' '), `text ${index}: ${JSON.stringify(text)}`).toBe(expected[index].trim());
      expect(tokenizer.decode(ids)).toBe(text);
    });
  });

  it.skipIf(path === null)(`gives back any text, and encodes a megabyte in a second${reason}`, async () => {
    const tokenizer = await loadTokenizer(path ?? '');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        const ids = tokenizer.encode(text);
        // SentencePiece writes spaces as U+2581 and cannot tell them from the character itself.
        const same = tokenizer.kind === 'sentencepiece' ? text.replaceAll('\u2581', ' ') : text;
        expect(tokenizer.decode(ids)).toBe(same.toWellFormed());
      }),
    );
    const readme = readFileSync(new URL('../../ARCHITECTURE.md', import.meta.url), 'utf8');
    const megabyte = readme.repeat(Math.ceil(1e6 / readme.length)).slice(0, 1e6);
    expect(cpuMilliseconds(() => tokenizer.encode(megabyte))).toBeLessThan(1000);
  });
});

describe('ids that llama.cpp gives for special tokens', () => {
  const mixed = 'Hello world  \n\n héllo 日本 👍🏽\t x';
  const llama = findSharedFile('tokenizers/ggml-vocab-llama-bpe.gguf');
  const qwen = findSharedFile('tokenizers/ggml-vocab-qwen2.gguf');

  it.skipIf(llama === null)('matches them for Llama 3 (needs ggml-vocab-llama-bpe.gguf)', async () => {
    const tokenizer = await loadTokenizer(llama ?? '');
    const turn = 'User: What is 12345 + 678?<|eot_id|>Assistant: ';
    expect(tokenizer.encode(turn, { addBos: true, parseSpecial: true })).toEqual([
      128000, 1502, 25, 3639, 374, 220, 4513, 1774, 489, 220, 17458, 30, 128009, 72803, 25, 220,
    ]);
    expect(tokenizer.encode(turn)).toEqual([
      1502, 25, 3639, 374, 220, 4513, 1774, 489, 220, 17458, 76514, 91, 68, 354, 851, 91, 29, 72803, 25, 220,
    ]);
    expect(tokenizer.encode(mixed, { addBos: true })).toEqual([
      128000, 9906, 1917, 19124, 305, 19010, 385, 105180, 62904, 235, 9468, 237, 121, 197, 865,
    ]);
    expect(tokenizer.bosId).toBe(128000);
    expect(tokenizer.endIds.has(128001)).toBe(true);
    expect(tokenizer.endIds.has(128009)).toBe(true);
  });

  it.skipIf(qwen === null)('matches them for Qwen (needs ggml-vocab-qwen2.gguf)', async () => {
    const tokenizer = await loadTokenizer(qwen ?? '');
    expect(tokenizer.encode(`${mixed} 2024`)).toEqual([
      9707, 1879, 18611, 305, 18503, 385, 75402, 21894, 61804, 235, 145375, 197, 856, 220, 17, 15, 17, 19,
    ]);
    const chat = '<|im_start|>user\nHi there<|im_end|>\n<|im_start|>assistant\n';
    expect(tokenizer.encode(chat, { parseSpecial: true })).toEqual([
      151644, 872, 198, 13048, 1052, 151645, 198, 151644, 77091, 198,
    ]);
  });
});
