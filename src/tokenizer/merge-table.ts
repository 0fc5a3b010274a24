// The merges of a BPE vocabulary as an open-addressing hash table over pairs of piece numbers.
// Typed arrays only: 280 000 merges take about 8 MB and build in a fraction of a second.

/** Pair of pieces to merge: its priority and the merged piece. */
export class MergeTable {
  // Slot: index + 1 of the merge stored there, 0 when free.
  readonly #slots: Int32Array;
  readonly #mask: number;
  readonly #left: Int32Array;
  readonly #right: Int32Array;
  readonly #merged: Int32Array;
  readonly #priority: Int32Array;

  /** @param count number of merges that will be added */
  constructor(count: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(count, 1) * 2));
    this.#slots = new Int32Array(size);
    this.#mask = size - 1;
    this.#left = new Int32Array(count);
    this.#right = new Int32Array(count);
    this.#merged = new Int32Array(count);
    this.#priority = new Int32Array(count);
  }

  /**
   * Adds the merge with this index; the first of several merges of the same pair counts.
   * @param priority lower merges first. Default: the index, as for merges listed in rank order
   */
  add(merge: number, left: number, right: number, merged: number, priority = merge): void {
    this.#left[merge] = left;
    this.#right[merge] = right;
    this.#merged[merge] = merged;
    this.#priority[merge] = priority;
    const slot = this.#slot(left, right);
    if (this.#slots[slot] === 0) this.#slots[slot] = merge + 1;
  }

  /** Index of the merge of a pair, or -1 when it does not merge. */
  find(left: number, right: number): number {
    return this.#slots[this.#slot(left, right)] - 1;
  }

  /** Lower merges first. */
  priority(merge: number): number {
    return this.#priority[merge];
  }

  /** The piece that a merge yields. */
  mergedPiece(merge: number): number {
    return this.#merged[merge];
  }

  /** The two pieces that a merge joins. */
  parts(merge: number): readonly [left: number, right: number] {
    return [this.#left[merge], this.#right[merge]];
  }

  #slot(left: number, right: number): number {
    let slot = (Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & this.#mask;
    for (;;) {
      const merge = this.#slots[slot] - 1;
      if (merge < 0 || (this.#left[merge] === left && this.#right[merge] === right)) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }
}
