// The word patterns of byte-level BPE vocabularies, as a scanner: linear on any input, and free of the differences
// between regular-expression engines. The patterns are quoted in pretokenizers.ts.

import { CLASS_LETTER, CLASS_MARK, CLASS_NUMBER, CLASS_SPACE, classOf } from './char-class.ts';

/** What distinguishes the word patterns of the model families. */
export interface WordPattern {
  /** 'lower': only `'s`; 'any': also `'S`. */
  readonly contractions: 'lower' | 'any';
  /** What may precede letters: one space, or any one character that is no line break, letter or number. */
  readonly letterPrefix: 'space' | 'any';
  /** Most digits of a piece; Infinity also lets a space precede them. */
  readonly maxDigits: number;
  /** Line breaks join the symbols before them and form pieces with the white space before them. */
  readonly lineBreaks: boolean;
  /** Combining marks count as letters. */
  readonly marksAreLetters: boolean;
}

const APOSTROPHE = 0x27;
const SPACE = 0x20;
const CR = 0x0d;
const LF = 0x0a;

/**
 * End of the piece that starts at `start`, as an index into the text (UTF-16 units).
 * @param start below text.length and not inside a surrogate pair
 */
export function scanWord(text: string, start: number, pattern: WordPattern): number {
  const first = text.codePointAt(start) ?? 0;
  const contraction = first === APOSTROPHE ? contractionEnd(text, start, pattern) : start;
  if (contraction > start) return contraction;

  const firstClass = wordClass(first, pattern);
  const second = start + widthOf(first);
  if (firstClass === CLASS_LETTER) return runEnd(text, second, CLASS_LETTER, pattern);
  if (firstClass === CLASS_NUMBER) return digitsEnd(text, start, pattern);

  const secondClass = second < text.length ? wordClass(text.codePointAt(second) ?? 0, pattern) : -1;
  const isBreak = first === CR || first === LF;
  const mayPrefixLetters = pattern.letterPrefix === 'any' ? !isBreak : first === SPACE;
  if (mayPrefixLetters && secondClass === CLASS_LETTER) return runEnd(text, second, CLASS_LETTER, pattern);
  if (first === SPACE && secondClass === CLASS_NUMBER && pattern.maxDigits === Number.POSITIVE_INFINITY) {
    return runEnd(text, second, CLASS_NUMBER, pattern);
  }
  if (firstClass !== CLASS_SPACE) return symbolsEnd(text, start, pattern);
  if (first === SPACE && secondClass === 0) return symbolsEnd(text, second, pattern);
  return spacesEnd(text, start, pattern);
}

/** CLASS_LETTER, CLASS_NUMBER, CLASS_SPACE, or 0 for everything else. */
function wordClass(codePoint: number, pattern: WordPattern): number {
  const found = classOf(codePoint);
  if (found === CLASS_MARK && pattern.marksAreLetters) return CLASS_LETTER;
  return found <= CLASS_SPACE ? found : 0;
}

function widthOf(codePoint: number): number {
  return codePoint > 0xffff ? 2 : 1;
}

function contractionEnd(text: string, start: number, pattern: WordPattern): number {
  const raw = text.slice(start + 1, start + 3);
  // Only ASCII letters fold: toLowerCase would turn U+212A and others into ASCII.
  const letters = pattern.contractions === 'any' ? raw.replace(/[A-Z]/g, (char) => char.toLowerCase()) : raw;
  if ('stmd'.includes(letters[0] ?? ' ')) return start + 2;
  return letters === 're' || letters === 've' || letters === 'll' ? start + 3 : start;
}

function runEnd(text: string, start: number, wanted: number, pattern: WordPattern): number {
  let at = start;
  while (at < text.length) {
    const codePoint = text.codePointAt(at) ?? 0;
    if (wordClass(codePoint, pattern) !== wanted) break;
    at += widthOf(codePoint);
  }
  return at;
}

function digitsEnd(text: string, start: number, pattern: WordPattern): number {
  let at = start;
  for (let digits = 0; digits < pattern.maxDigits && at < text.length; digits++) {
    const codePoint = text.codePointAt(at) ?? 0;
    if (wordClass(codePoint, pattern) !== CLASS_NUMBER) break;
    at += widthOf(codePoint);
  }
  return at;
}

function symbolsEnd(text: string, start: number, pattern: WordPattern): number {
  let at = runEnd(text, start, 0, pattern);
  if (!pattern.lineBreaks) return at;
  while (at < text.length && isLineBreak(text.charCodeAt(at))) at++;
  return at;
}

// All white space is in the basic plane, so units are code points here.
function spacesEnd(text: string, start: number, pattern: WordPattern): number {
  let end = start;
  let lastBreak = -1;
  while (end < text.length) {
    const unit = text.charCodeAt(end);
    if (classOf(unit) !== CLASS_SPACE) break;
    if (isLineBreak(unit)) lastBreak = end;
    end++;
  }
  if (pattern.lineBreaks && lastBreak >= 0) return lastBreak + 1;
  // The last space before a word belongs to the word.
  return end === text.length || end - start === 1 ? end : end - 1;
}

function isLineBreak(unit: number): boolean {
  return unit === CR || unit === LF;
}
