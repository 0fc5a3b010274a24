// Byte-level byte-pair encoding of one word: bytes to pieces, merged pair by pair in rank order.
// A priority queue keeps long words at n log n. Sennrich et al., https://arxiv.org/abs/1508.07909

import { EngineError } from '../errors.ts';
import { BYTE_TO_CHAR } from './byte-map.ts';
import { MergeTable } from './merge-table.ts';

/** Words whose ids are remembered; English text repeats most of its words. */
const CACHE_WORDS = 20000;
/** Longer words are rare and would fill the cache with junk. */
const CACHE_WORD_UNITS = 32;
// Queue keys are rank * 2^31 + position: the lowest rank first, the leftmost of equals. Ranks stay below 2^22.
const POSITION_RANGE = 2 ** 31;

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
    this.#encodeBytes(this.#utf8.encode(word), ids);
    if (word.length > CACHE_WORD_UNITS) return;
    if (this.#cache.size >= CACHE_WORDS) this.#cache.clear();
    this.#cache.set(word, ids.slice(start));
  }

  #piece(text: string): number {
    const known = this.#pieceOfText.get(text);
    if (known !== undefined) return known;
    const piece = this.#vocabularySize + this.#textOfExtraPiece.length;
    this.#textOfExtraPiece.push(text);
    this.#pieceOfText.set(text, piece);
    return piece;
  }

  #encodeBytes(bytes: Uint8Array, ids: number[]): void {
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

/**
 * Merges pieces in place until no pair merges.
 * @param pieces one per byte; afterwards the pieces at the surviving positions
 * @returns [pieces.length] index of the piece after each surviving one
 */
function mergePieces(pieces: Int32Array, merges: MergeTable): Int32Array {
  const count = pieces.length;
  const next = Int32Array.from(pieces, (_, at) => at + 1);
  const previous = Int32Array.from(pieces, (_, at) => at - 1);
  // Rank of the pair that starts at each position; -1 when it does not merge. Tells stale queue entries.
  const rankAt = new Int32Array(count).fill(-1);
  const queue = new KeyQueue();
  const offer = (at: number): void => {
    const rank = next[at] < count ? merges.rankOf(pieces[at], pieces[next[at]]) : -1;
    rankAt[at] = rank;
    if (rank >= 0) queue.push(rank * POSITION_RANGE + at);
  };
  for (let at = 0; at < count; at++) offer(at);
  for (let key = queue.pop(); key >= 0; key = queue.pop()) {
    const rank = Math.floor(key / POSITION_RANGE);
    const at = key - rank * POSITION_RANGE;
    if (rankAt[at] !== rank) continue;
    const right = next[at];
    pieces[at] = merges.mergedPiece(rank);
    next[at] = next[right];
    rankAt[right] = -1;
    if (next[at] < count) previous[next[at]] = at;
    offer(at);
    if (previous[at] >= 0) offer(previous[at]);
  }
  return next;
}

/** A binary heap of numbers, smallest first. */
class KeyQueue {
  readonly #heap: number[] = [];

  push(key: number): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(key);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent] <= key) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = key;
  }

  /** The smallest key, or -1 when empty. */
  pop(): number {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined) return -1;
    if (heap.length === 0) return last;
    const smallest = heap[0];
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1] < heap[child]) child++;
      if (heap[child] >= last) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return smallest;
  }
}
