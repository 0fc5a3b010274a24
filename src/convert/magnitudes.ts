// Whether values are small codes times one scale: all magnitudes other than zero are the same.

/**
 * The one magnitude of values[first, end): 0 when all are zero, null when there are several.
 * NaN counts as a magnitude of its own.
 */
export function findMagnitude(values: Float32Array, first: number, end: number): number | null {
  let magnitude = 0;
  for (let at = first; at < end; at++) {
    const size = Math.abs(values[at]);
    if (size === magnitude || size === 0) continue;
    if (magnitude !== 0 || !(size > 0)) return null;
    magnitude = size;
  }
  return magnitude;
}

/** The first distinct values of values[first, end), for messages: at most four, shortened. */
export function describeValues(values: Float32Array, first: number, end: number): string {
  const distinct = new Set<number>();
  for (let at = first; at < end && distinct.size < 4; at++) distinct.add(values[at] + 0);
  return [...distinct].map((value) => String(Number(value.toPrecision(6)))).join(', ');
}
