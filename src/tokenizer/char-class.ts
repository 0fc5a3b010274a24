// Classes of code points as the pre-tokenizers need them, by a table that is filled on first use.
// White space is Unicode's White_Space, not JavaScript's \s (which has U+FEFF and lacks U+0085).

/** None of the others. */
export const CLASS_OTHER = 0;
/** \p{L} */
export const CLASS_LETTER = 1;
/** \p{N} */
export const CLASS_NUMBER = 2;
/** \p{White_Space} */
export const CLASS_SPACE = 3;
/** \p{M} */
export const CLASS_MARK = 4;
/** \p{P} */
export const CLASS_PUNCTUATION = 5;

const CLASS_UNKNOWN = 255;
const TABLE_CODE_POINTS = 0x10000;

const LETTER = /^\p{L}$/u;
const NUMBER = /^\p{N}$/u;
const SPACE = /^\p{White_Space}$/u;
const MARK = /^\p{M}$/u;
const PUNCTUATION = /^\p{P}$/u;

const table = new Uint8Array(TABLE_CODE_POINTS).fill(CLASS_UNKNOWN);

/** Class of a code point; lone surrogates are CLASS_OTHER. */
export function classOf(codePoint: number): number {
  if (codePoint >= TABLE_CODE_POINTS) return computeClass(codePoint);
  const known = table[codePoint];
  if (known !== CLASS_UNKNOWN) return known;
  const computed = computeClass(codePoint);
  table[codePoint] = computed;
  return computed;
}

function computeClass(codePoint: number): number {
  const char = String.fromCodePoint(codePoint);
  if (LETTER.test(char)) return CLASS_LETTER;
  if (NUMBER.test(char)) return CLASS_NUMBER;
  if (SPACE.test(char)) return CLASS_SPACE;
  if (MARK.test(char)) return CLASS_MARK;
  if (PUNCTUATION.test(char)) return CLASS_PUNCTUATION;
  return CLASS_OTHER;
}
