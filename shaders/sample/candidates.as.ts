// The best logits of a row and their ids, best first: a heap whose root is the worst of those kept. Equal logits rank by id.
import { scratch } from '../common/wasm/scratch.as';

/** Most candidates. */
export const CANDIDATE_CAP: u32 = 1024;

// A logit (f32) and its id (u32), eight bytes each, at the beginning of scratch.
/** Bytes of scratch that this file uses. */
export const CANDIDATES_BYTES: usize = 8 * CANDIDATE_CAP;

/** Logit of candidate i. */
// @ts-ignore: decorator
@inline
export function logitOf(i: u32): f32 {
  return load<f32>(scratch() + (i << 3));
}

/** Id of candidate i. */
// @ts-ignore: decorator
@inline
export function idOf(i: u32): u32 {
  return load<u32>(scratch() + (i << 3), 4);
}

// @ts-ignore: decorator
@inline
function put(i: u32, logit: f32, id: u32): void {
  store<f32>(scratch() + (i << 3), logit);
  store<u32>(scratch() + (i << 3), id, 4);
}

// Whether candidate i ranks behind a logit with an id.
// @ts-ignore: decorator
@inline
function ranksBehind(i: u32, logit: f32, id: u32): bool {
  const own = logitOf(i);
  return own < logit || (own === logit && idOf(i) > id);
}

// Puts a logit into the heap of `count`, whose place `hole` is free, at or below the hole.
function sink(hole: u32, count: u32, logit: f32, id: u32): void {
  for (let child: u32 = 2 * hole + 1; child < count; child = 2 * hole + 1) {
    if (child + 1 < count && ranksBehind(child + 1, logitOf(child), idOf(child))) child++;
    if (!ranksBehind(child, logit, id)) break;
    put(hole, logitOf(child), idOf(child));
    hole = child;
  }
  put(hole, logit, id);
}

/** Leaves the `wanted` best of v logits in scratch, best first. 1 <= wanted <= min(v, CANDIDATE_CAP). */
export function findCandidates(row: usize, v: u32, wanted: u32): void {
  for (let i: u32 = 0; i < wanted; i++) put(i, load<f32>(row + (i << 2)), i);
  for (let i = wanted >> 1; i-- > 0; ) sink(i, wanted, logitOf(i), idOf(i));
  let worst = logitOf(0);
  let i = wanted;
  while (i < v) {
    // Ids rise, so that an equal logit ranks behind all that are kept.
    const isFour = i + 4 <= v;
    const at = row + (<usize>i << 2);
    if (isFour && !v128.any_true(f32x4.gt(v128.load(at), f32x4.splat(worst)))) {
      i += 4;
      continue;
    }
    for (const end = isFour ? i + 4 : i + 1; i < end; i++) {
      const logit = load<f32>(row + (<usize>i << 2));
      if (logit > worst) {
        sink(0, wanted, logit, i);
        worst = logitOf(0);
      }
    }
  }
  for (let count = wanted - 1; count > 0; count--) {
    const logit = logitOf(count);
    const id = idOf(count);
    put(count, logitOf(0), idOf(0));
    sink(0, count, logit, id);
  }
}
