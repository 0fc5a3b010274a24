// Merges the pieces of one word pair by pair, the most urgent pair first: the core of every BPE encoder.
// A priority queue keeps long words at n log n.

import type { MergeTable } from './merge-table.ts';

// Queue keys are priority * 2^29 + position: the lowest priority first, the leftmost of equals. No string is longer
// than 2^29 units, no GGUF list longer than 2^24 entries, so that keys stay exact.
const POSITION_RANGE = 2 ** 29;

/**
 * Merges pieces in place until no pair merges.
 * @param pieces one per symbol; afterwards the pieces at the surviving positions
 * @param onMerge called with the index of each merge that is made
 * @returns [pieces.length] index of the piece after each surviving one
 */
export function mergePieces(
  pieces: Int32Array,
  merges: MergeTable,
  onMerge?: (merge: number) => void,
): Int32Array {
  const count = pieces.length;
  const next = Int32Array.from(pieces, (_, at) => at + 1);
  const previous = Int32Array.from(pieces, (_, at) => at - 1);
  // The merge of the pair that starts at each position; -1 when it does not merge. Tells stale queue entries.
  const mergeAt = new Int32Array(count).fill(-1);
  const queue = new KeyQueue();
  const offer = (at: number): void => {
    const merge = next[at] < count ? merges.find(pieces[at], pieces[next[at]]) : -1;
    mergeAt[at] = merge;
    if (merge >= 0) queue.push(merges.priority(merge) * POSITION_RANGE + at);
  };
  for (let at = 0; at < count; at++) offer(at);
  for (let key = queue.pop(); key >= 0; key = queue.pop()) {
    const priority = Math.floor(key / POSITION_RANGE);
    const at = key - priority * POSITION_RANGE;
    const merge = mergeAt[at];
    if (merge < 0 || merges.priority(merge) !== priority) continue;
    onMerge?.(merge);
    const right = next[at];
    pieces[at] = merges.mergedPiece(merge);
    next[at] = next[right];
    mergeAt[right] = -1;
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
