// Plain oracle of mark-seen.

/** A copy of seen[V] with the first `tokens` ids marked; ids beyond V are ignored. */
export function markSeenReference(ids: Uint32Array, seen: Uint32Array, tokens: number): Uint32Array {
  const after = seen.slice();
  for (let t = 0; t < tokens; t++) if (ids[t] < after.length) after[ids[t]] = 1;
  return after;
}
