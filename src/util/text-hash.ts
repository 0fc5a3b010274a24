// A short fingerprint of texts, to notice that a stored result belongs to another version. Not for security.

const PRIME = 0x01000193;
// The offset basis of FNV-1a, and another start for the second half.
const STARTS = [0x811c9dc5, 0x9e3779b9] as const;

/** 16 hex digits: two FNV-1a sums of 32 bits over the UTF-16 code units, a separator behind each text. */
export function hashTexts(texts: Iterable<string>): string {
  let [first, second]: [number, number] = [...STARTS];
  const mix = (unit: number) => {
    first = Math.imul(first ^ unit, PRIME);
    second = Math.imul(second ^ (unit + 0x5bd1), PRIME);
  };
  for (const text of texts) {
    for (let index = 0; index < text.length; index++) mix(text.charCodeAt(index));
    mix(0x10000);
  }
  return [first, second].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
