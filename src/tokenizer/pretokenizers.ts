// Pre-tokenizers: how text is cut into words before BPE merges inside each word. A pre-tokenizer is a list of passes,
// each cutting the pieces of the one before. Names are those of `tokenizer.ggml.pre` (llama.cpp, src/llama-vocab.cpp).

import { EngineError } from '../errors.ts';
import { CLASS_NUMBER, CLASS_PUNCTUATION, classOf } from './char-class.ts';
import { scanWord, type WordPattern } from './word-scanner.ts';

/** Cuts a text into pieces whose concatenation is the text. */
export type Pass = (text: string) => string[];

/** One way to cut text into words. */
export interface Pretokenizer {
  readonly passes: readonly Pass[];
  /** A word that is a token as a whole is not merged step by step. */
  readonly ignoreMerges: boolean;
  /** Whether models of this kind start with BOS when their file does not say. */
  readonly addBos: boolean;
}

/** Llama 3: (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+ */
export const LLAMA3_WORDS: WordPattern = {
  contractions: 'any',
  letterPrefix: 'any',
  maxDigits: 3,
  lineBreaks: true,
  marksAreLetters: false,
};

/** Qwen 2: as Llama 3, with single digits. */
export const QWEN2_WORDS: WordPattern = { ...LLAMA3_WORDS, maxDigits: 1 };

/** Qwen 3.5: as Qwen 2, with combining marks joined to letters. */
export const QWEN35_WORDS: WordPattern = { ...QWEN2_WORDS, marksAreLetters: true };

/** GPT-2: 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S), the rest isolated. */
export const GPT2_WORDS: WordPattern = {
  contractions: 'lower',
  letterPrefix: 'space',
  maxDigits: Number.POSITIVE_INFINITY,
  lineBreaks: false,
  marksAreLetters: false,
};

/** A pass that cuts by a word pattern. */
export function wordPass(pattern: WordPattern): Pass {
  return (text) => {
    const pieces: string[] = [];
    for (let start = 0; start < text.length; ) {
      const end = scanWord(text, start, pattern);
      pieces.push(text.slice(start, end));
      start = end;
    }
    return pieces;
  };
}

/** A pass that isolates maximal runs of code points that satisfy `belongs`. */
export function runPass(belongs: (codePoint: number) => boolean): Pass {
  return (text) => {
    const pieces: string[] = [];
    let start = 0;
    let startBelongs = false;
    for (let at = 0; at < text.length; ) {
      const codePoint = text.codePointAt(at) ?? 0;
      const inside = belongs(codePoint);
      if (at > start && inside !== startBelongs) {
        pieces.push(text.slice(start, at));
        start = at;
      }
      startBelongs = inside;
      at += codePoint > 0xffff ? 2 : 1;
    }
    if (start < text.length) pieces.push(text.slice(start));
    return pieces;
  };
}

/** [0-9][0-9][0-9], isolated. */
export const asciiTriplesPass: Pass = (text) => text.split(/([0-9]{3})/).filter((piece) => piece !== '');

/** \p{N}+, isolated. */
export const numbersPass: Pass = runPass((codePoint) => classOf(codePoint) === CLASS_NUMBER);

/** Each \p{N} on its own. */
export const singleDigitsPass: Pass = (text) => text.split(/(\p{N})/u).filter((piece) => piece !== '');

/** Runs of \p{P} and the ASCII symbols `symbols`. */
export function punctuationPass(symbols: string): Pass {
  return runPass(
    (codePoint) =>
      classOf(codePoint) === CLASS_PUNCTUATION ||
      (codePoint < 0x80 && symbols.includes(String.fromCharCode(codePoint))),
  );
}

/** All ASCII symbols that are not \p{P}. */
export const ASCII_SYMBOLS = '$+<=>^`|~';

const LLAMA3: Pretokenizer = { passes: [wordPass(LLAMA3_WORDS)], ignoreMerges: true, addBos: true };
const QWEN2: Pretokenizer = { passes: [wordPass(QWEN2_WORDS)], ignoreMerges: false, addBos: false };
const QWEN35: Pretokenizer = { passes: [wordPass(QWEN35_WORDS)], ignoreMerges: false, addBos: false };
const GPT2: Pretokenizer = { passes: [wordPass(GPT2_WORDS)], ignoreMerges: false, addBos: false };
const STARCODER: Pretokenizer = {
  passes: [singleDigitsPass, wordPass(GPT2_WORDS)],
  ignoreMerges: false,
  addBos: false,
};
const FALCON: Pretokenizer = {
  passes: [punctuationPass(ASCII_SYMBOLS), wordPass(GPT2_WORDS), asciiTriplesPass],
  ignoreMerges: false,
  addBos: false,
};
const DEFAULT: Pretokenizer = {
  passes: [punctuationPass('$+<=>^|~'), wordPass(GPT2_WORDS), numbersPass, asciiTriplesPass],
  ignoreMerges: false,
  addBos: false,
};

const BY_NAME: ReadonlyMap<string, Pretokenizer> = new Map([
  ['llama-bpe', LLAMA3],
  ['llama3', LLAMA3],
  ['llama-v3', LLAMA3],
  ['falcon3', LLAMA3],
  ['falcon_e', LLAMA3],
  ['qwen2', QWEN2],
  ['deepseek-r1-qwen', QWEN2],
  ['qwen35', QWEN35],
  ['gpt-2', GPT2],
  ['olmo', GPT2],
  ['mpt', GPT2],
  ['starcoder', STARCODER],
  ['refact', STARCODER],
  ['smollm', STARCODER],
  ['falcon', FALCON],
  ['default', DEFAULT],
]);

/**
 * The pre-tokenizer of a `tokenizer.ggml.pre` name.
 * @throws EngineError 'unsupported-model' for an unknown name
 */
export function findPretokenizer(name: string, fileName: string): Pretokenizer {
  const found = BY_NAME.get(name);
  if (found !== undefined) return found;
  throw new EngineError(
    'unsupported-model',
    `${fileName} needs the pre-tokenizer ${name}, which is not supported; expected one of ${[...BY_NAME.keys()].join(', ')}. Use another model.`,
    { details: { file: fileName, field: 'tokenizer.ggml.pre', value: name } },
  );
}
