// SentencePiece's BPE of one word: characters to pieces, merged by score (or by the rank of merges), and bytes for what
// the vocabulary lacks. Follows llama.cpp (llm_tokenizer_spm) and https://github.com/google/sentencepiece

import { EngineError } from '../errors.ts';
import { mergePieces } from './merge-pieces.ts';
import { MergeTable } from './merge-table.ts';

/** The character that stands for a space in pieces: U+2581. */
export const SPACE_MARK = '\u2581';

/** What merges: pairs whose text is a token, the highest score first; or a list of pairs in rank order. */
export type PieceMerges =
  | { readonly kind: 'scores'; readonly scores: ArrayLike<number> }
  | { readonly kind: 'ranks'; readonly merges: readonly string[] };

/** The part of a vocabulary that encodes text. */
export interface PieceVocabulary {
  /** Number of ids. */
  readonly size: number;
  /** Ids that text can become, by text; spaces are written U+2581. */
  readonly idOfText: ReadonlyMap<string, number>;
  /** Of those, ids that merges may pass through but that are split back in the end. */
  readonly unusedIds: ReadonlySet<number>;
  readonly merges: PieceMerges;
  /** [256] id of each byte, -1 where the vocabulary has none. */
  readonly byteIds: Int32Array;
  /** For characters that are neither pieces nor bytes; null when the vocabulary has none. */
  readonly unknownId: number | null;
  /** Neighbouring unknown characters become one token. */
  readonly fuseUnknown: boolean;
}

const CACHE_WORDS = 20000;
const CACHE_WORD_UNITS = 32;
/** Pieces of published vocabularies have tens of characters. The merges of a piece cost the square of its length. */
const MAX_PIECE_UNITS = 512;
/** A character that is part of no merge. */
const NO_PIECE = 0x7fffffff;

/** Encodes words with one vocabulary. */
export class PieceEncoder {
  readonly #vocabulary: PieceVocabulary;
  readonly #merges: MergeTable;
  /** Characters of merges that are no tokens themselves, numbered from the vocabulary size on. */
  readonly #extraPieces = new Map<string, number>();
  /** Characters that precede a space mark inside some token. */
  readonly #beforeSpace = new Set<string>();
  /** [size] characters of each piece; made on first need. */
  #lengths: Int32Array | undefined;
  readonly #utf8 = new TextEncoder();
  readonly #cache = new Map<string, readonly number[]>();

  /** @throws EngineError 'bad-file' for a piece of more than 512 characters, or a merge of texts that are no tokens */
  constructor(vocabulary: PieceVocabulary) {
    this.#vocabulary = vocabulary;
    this.#merges =
      vocabulary.merges.kind === 'scores'
        ? this.#mergesOfScores(vocabulary.merges.scores)
        : this.#mergesOfRanks(vocabulary.merges.merges);
    for (const text of vocabulary.idOfText.keys()) {
      for (let at = text.indexOf(SPACE_MARK, 1); at > 0; at = text.indexOf(SPACE_MARK, at + 1)) {
        this.#beforeSpace.add(lastCharacter(text, at));
      }
    }
  }

  /**
   * Appends the ids of a text.
   * @param text with spaces written U+2581 and no lone surrogates
   * @throws EngineError 'bad-file' when the vocabulary has neither bytes nor an unknown token for a character
   */
  encode(text: string, ids: number[]): void {
    let start = 0;
    // No token spans a cut here, so that the words can be encoded on their own (and remembered).
    for (let at = text.indexOf(SPACE_MARK, 1); at > 0; at = text.indexOf(SPACE_MARK, at + 1)) {
      if (this.#beforeSpace.has(lastCharacter(text, at))) continue;
      this.#encodeWord(text.slice(start, at), ids);
      start = at;
    }
    if (start < text.length) this.#encodeWord(text.slice(start), ids);
  }

  #encodeWord(word: string, ids: number[]): void {
    const known = this.#cache.get(word);
    if (known !== undefined) {
      for (const id of known) ids.push(id);
      return;
    }
    const start = ids.length;
    const hasUnknown = this.#mergeCharacters(word, ids);
    // Unknown tokens fuse across words, so their ids depend on what came before.
    if (hasUnknown || word.length > CACHE_WORD_UNITS) return;
    if (this.#cache.size >= CACHE_WORDS) this.#cache.clear();
    this.#cache.set(word, ids.slice(start));
  }

  /** @returns whether the unknown token was used */
  #mergeCharacters(word: string, ids: number[]): boolean {
    const { size, idOfText, unusedIds } = this.#vocabulary;
    const characters = Array.from(word);
    const pieces = Int32Array.from(
      characters,
      (char) => idOfText.get(char) ?? this.#extraPieces.get(char) ?? NO_PIECE,
    );
    const madeBy = new Map<number, number>();
    const next = mergePieces(pieces, this.#merges, (merge) => {
      const merged = this.#merges.mergedPiece(merge);
      if (unusedIds.has(merged)) madeBy.set(merged, merge);
    });
    let hasUnknown = false;
    for (let at = 0; at < pieces.length; at = next[at]) {
      const piece = pieces[at];
      if (piece < size && !unusedIds.has(piece)) ids.push(piece);
      else if (madeBy.has(piece))
        hasUnknown = this.#splitBack(piece, madeBy, characters, at, ids) || hasUnknown;
      else hasUnknown = this.#pushBytes(characters[at], ids) || hasUnknown;
    }
    return hasUnknown;
  }

  /** The parts of an unused piece, along the merges that made it. */
  #splitBack(
    piece: number,
    madeBy: ReadonlyMap<number, number>,
    characters: readonly string[],
    at: number,
    ids: number[],
  ): boolean {
    const { size, unusedIds } = this.#vocabulary;
    let hasUnknown = false;
    let position = at;
    const stack = [piece];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const merge = madeBy.get(top);
      if (merge !== undefined) {
        const [left, right] = this.#merges.parts(merge);
        stack.push(right, left);
        continue;
      }
      if (top < size && !unusedIds.has(top)) ids.push(top);
      else hasUnknown = this.#pushBytes(characters[position], ids) || hasUnknown;
      position += this.#characterCount(top);
    }
    return hasUnknown;
  }

  #characterCount(piece: number): number {
    if (piece >= this.#vocabulary.size) return 1;
    this.#lengths ??= lengthsOf(this.#vocabulary);
    return this.#lengths[piece];
  }
  /** @returns whether the unknown token was used */
  #pushBytes(character: string, ids: number[]): boolean {
    const { byteIds, unknownId, fuseUnknown } = this.#vocabulary;
    const bytes = this.#utf8.encode(character);
    if (bytes.every((byte) => byteIds[byte] >= 0)) {
      for (const byte of bytes) ids.push(byteIds[byte]);
      return false;
    }
    if (unknownId === null) {
      throw new EngineError(
        'bad-file',
        `The tokenizer has no token for the character ${JSON.stringify(character)}; expected 256 byte tokens or an unknown token. Use another conversion of the model.`,
        { details: { field: 'tokens' } },
      );
    }
    if (!fuseUnknown || ids.at(-1) !== unknownId) ids.push(unknownId);
    return true;
  }

  #mergesOfScores(scores: ArrayLike<number>): MergeTable {
    const { idOfText } = this.#vocabulary;
    const priorities = prioritiesOf(scores);
    const flat: number[] = [];
    for (const [text, id] of idOfText) {
      if (text.length > MAX_PIECE_UNITS) throw tooLong(text.length, id);
      for (let cut = 1; cut < text.length; cut++) {
        if (isInsideCharacter(text, cut)) continue;
        const left = this.#pieceOf(text.slice(0, cut));
        const right = left < 0 ? -1 : this.#pieceOf(text.slice(cut));
        if (right >= 0) flat.push(left, right, id);
      }
    }
    const table = new MergeTable(flat.length / 3);
    for (let merge = 0; merge * 3 < flat.length; merge++) {
      const id = flat[merge * 3 + 2];
      table.add(merge, flat[merge * 3], flat[merge * 3 + 1], id, priorities[id]);
    }
    return table;
  }

  #mergesOfRanks(merges: readonly string[]): MergeTable {
    const { idOfText } = this.#vocabulary;
    const table = new MergeTable(merges.length);
    merges.forEach((merge, rank) => {
      const space = merge.indexOf(' ', 1);
      const left = merge.slice(0, space);
      const right = merge.slice(space + 1);
      const merged = idOfText.get(left + right);
      const leftId = idOfText.get(left);
      const rightId = idOfText.get(right);
      if (space < 0 || leftId === undefined || rightId === undefined || merged === undefined) {
        throw new EngineError(
          'bad-file',
          `Merge ${rank} of the tokenizer is ${JSON.stringify(merge)}; expected two tokens with a space between, whose joined text is a token. Use another conversion of the model.`,
          { details: { field: 'merges', index: rank } },
        );
      }
      table.add(rank, leftId, rightId, merged);
    });
    return table;
  }

  /** Id of a text, or of a single character that is no token; -1 for a longer text that is no token. */
  #pieceOf(text: string): number {
    const id = this.#vocabulary.idOfText.get(text) ?? this.#extraPieces.get(text);
    if (id !== undefined) return id;
    if (text.length > 2 || (text.length === 2 && !isInsideCharacter(text, 1))) return -1;
    const piece = this.#vocabulary.size + this.#extraPieces.size;
    this.#extraPieces.set(text, piece);
    return piece;
  }
}

/** The rank of each score, 0 for the highest; equal scores share a rank. */
function prioritiesOf(scores: ArrayLike<number>): Int32Array {
  const descending = Float64Array.from(scores).sort().reverse();
  const rankOf = new Map<number, number>();
  for (const score of descending) if (!rankOf.has(score)) rankOf.set(score, rankOf.size);
  return Int32Array.from(scores, (score) => rankOf.get(score) ?? 0);
}

function lengthsOf(vocabulary: PieceVocabulary): Int32Array {
  const lengths = new Int32Array(vocabulary.size);
  for (const [text, id] of vocabulary.idOfText) lengths[id] = Array.from(text).length;
  return lengths;
}

function isInsideCharacter(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
}

/** The character that ends before `at`. */
function lastCharacter(text: string, at: number): string {
  return at > 1 && isInsideCharacter(text, at - 1) ? text.slice(at - 2, at) : text[at - 1];
}

function tooLong(units: number, id: number): EngineError {
  return new EngineError(
    'bad-file',
    `Token ${id} of the tokenizer has ${units} characters; expected at most ${MAX_PIECE_UNITS}. Use another conversion of the model.`,
    { details: { field: 'tokens', id } },
  );
}
