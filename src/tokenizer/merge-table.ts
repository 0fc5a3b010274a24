// The merges of a BPE vocabulary as an open-addressing hash table over pairs of piece numbers.
// Typed arrays only: 280 000 merges take about 8 MB and build in a fraction of a second.

/** Pair of pieces to merge rank and merged piece. */
export class MergeTable {
  // Slot: rank + 1 of the merge stored there, 0 when free.
  readonly #slots: Int32Array;
  readonly #mask: number;
  readonly #left: Int32Array;
  readonly #right: Int32Array;
  readonly #merged: Int32Array;

  /** @param count number of merges that will be added */
  constructor(count: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(count, 1) * 2));
    this.#slots = new Int32Array(size);
    this.#mask = size - 1;
    this.#left = new Int32Array(count);
    this.#right = new Int32Array(count);
    this.#merged = new Int32Array(count);
  }

  /** Adds the merge of this rank; the first of several merges of the same pair counts. */
  add(rank: number, left: number, right: number, merged: number): void {
    this.#left[rank] = left;
    this.#right[rank] = right;
    this.#merged[rank] = merged;
    const slot = this.#find(left, right);
    if (this.#slots[slot] === 0) this.#slots[slot] = rank + 1;
  }

  /** Rank of a pair, or -1 when it does not merge. Lower ranks merge first. */
  rankOf(left: number, right: number): number {
    return this.#slots[this.#find(left, right)] - 1;
  }

  /** The piece that the merge of this rank yields. */
  mergedPiece(rank: number): number {
    return this.#merged[rank];
  }

  #find(left: number, right: number): number {
    let slot = (Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & this.#mask;
    for (;;) {
      const rank = this.#slots[slot] - 1;
      if (rank < 0 || (this.#left[rank] === left && this.#right[rank] === right)) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }
}
