// Plain oracle of copy.

/** The first n elements (of four words each) of the source. */
export function copyReference(source: Uint32Array, n: number): Uint32Array {
  return source.slice(0, n * 4);
}
