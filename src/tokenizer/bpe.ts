// Byte-level byte-pair encoding of one word: bytes to pieces, merged pair by pair in rank order.
// A priority queue keeps long words at n log n. Sennrich et al., https://arxiv.org/abs/1508.07909

import { EngineError } from '../errors.ts';
import { BYTE_TO_CHAR } from './byte-map.ts';
import { mergePieces } from './merge-pieces.ts';
import { MergeTable } from './merge-table.ts';

/** Words whose ids are remembered; English text repeats most of its words. */
const CACHE_WORDS = 20000;
/** Longer words are rare and would fill the cache with junk. */
const CACHE_WORD_UNITS = 32;

/** Encodes words with one vocabulary. */
export class BytePairEncoder {
  readonly #vocabularySize: number;
  readonly #pieceOfText: Map<string, number>;
  readonly #merges: MergeTable;
  /** Piece of each byte. Pieces at or above the vocabulary size exist only between merges. */
  readonly #pieceOfByte: Int32Array;
  readonly #textOfExtraPiece: string[] = [];
  readonly #ignoreMerges: boolean;
  readonly #utf8 = new TextEncoder();
  readonly #cache = new Map<string, readonly number[]>();

  /**
   * @param idOfText byte-mapped text to id; taken over and extended, do not use it afterwards
   * @param merges pairs in rank order, "left right"
   * @throws EngineError 'bad-file' for a merge without a space
   */
  constructor(
    idOfText: Map<string, number>,
    vocabularySize: number,
    merges: readonly string[],
    options: { readonly ignoreMerges: boolean },
  ) {
    this.#vocabularySize = vocabularySize;
    this.#pieceOfText = idOfText;
    this.#ignoreMerges = options.ignoreMerges;
    this.#pieceOfByte = Int32Array.from(BYTE_TO_CHAR, (char) => this.#piece(char));
    this.#merges = new MergeTable(merges.length);
    merges.forEach((merge, rank) => {
      const space = merge.indexOf(' ', 1);
      if (space < 0) {
        throw new EngineError(
          'bad-file',
          `Merge ${rank} of the tokenizer is ${JSON.stringify(merge)}; expected two texts with a space between. Use another conversion of the model.`,
          { details: { field: 'merges', index: rank } },
        );
      }
      const left = merge.slice(0, space);
      const right = merge.slice(space + 1);
      this.#merges.add(rank, this.#piece(left), this.#piece(right), this.#piece(left + right));
    });
  }

  /**
   * Appends the ids of one word to `ids`.
   * @throws EngineError 'bad-file' when the vocabulary lacks a byte of the word
   */
  encodeWord(word: string, ids: number[]): void {
    const known = this.#cache.get(word);
    if (known !== undefined) {
      for (const id of known) ids.push(id);
      return;
    }
    const start = ids.length;
    this.#mergeBytes(this.#utf8.encode(word), ids);
    if (word.length > CACHE_WORD_UNITS) return;
    if (this.#cache.size >= CACHE_WORDS) this.#cache.clear();
    this.#cache.set(word, ids.slice(start));
  }

  /**
   * Appends the id of each byte, unmerged.
   * @throws EngineError 'bad-file' when the vocabulary lacks a byte
   */
  encodeBytes(bytes: Uint8Array, ids: number[]): void {
    for (const byte of bytes) this.#pushPiece(this.#pieceOfByte[byte], ids);
  }

  #piece(text: string): number {
    const known = this.#pieceOfText.get(text);
    if (known !== undefined) return known;
    const piece = this.#vocabularySize + this.#textOfExtraPiece.length;
    this.#textOfExtraPiece.push(text);
    this.#pieceOfText.set(text, piece);
    return piece;
  }

  #mergeBytes(bytes: Uint8Array, ids: number[]): void {
    if (this.#ignoreMerges) {
      let mapped = '';
      for (const byte of bytes) mapped += BYTE_TO_CHAR[byte];
      const whole = this.#pieceOfText.get(mapped);
      if (whole !== undefined && whole < this.#vocabularySize) {
        ids.push(whole);
        return;
      }
    }
    const pieces = Int32Array.from(bytes, (byte) => this.#pieceOfByte[byte]);
    const next = mergePieces(pieces, this.#merges);
    for (let at = 0; at < pieces.length; at = next[at]) this.#pushPiece(pieces[at], ids);
  }

  /** The id of a piece, or the ids of its bytes when the vocabulary lacks it. */
  #pushPiece(piece: number, ids: number[]): void {
    if (piece < this.#vocabularySize) {
      ids.push(piece);
      return;
    }
    for (const char of this.#textOfExtraPiece[piece - this.#vocabularySize]) {
      const id = this.#pieceOfText.get(char);
      if (id === undefined || id >= this.#vocabularySize) {
        throw new EngineError(
          'bad-file',
          `The tokenizer has no token for the byte written ${char}; expected all 256 bytes. Use another conversion of the model.`,
          { details: { field: 'tokens' } },
        );
      }
      ids.push(id);
    }
  }
}
