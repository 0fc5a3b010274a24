// Codes of our own code tensors. int8: one byte per column. int4: byte j of a row has column 2j in the low nibble and
// 2j + 1 in the high one, two's complement. Scales lie in a tensor of their own.

/** Kinds of codes. */
export type OwnCodeKind = 'int4' | 'int8';

/** Bytes of one row of codes. @param columns even for int4 */
export function codeRowBytes(kind: OwnCodeKind, columns: number): number {
  return kind === 'int4' ? columns / 2 : columns;
}

/** Bytes of codes. @param codes -8 to 7 for int4; rows of an even length */
export function encodeCodes(kind: OwnCodeKind, codes: Int8Array): Uint8Array {
  if (kind === 'int8') return new Uint8Array(codes);
  const bytes = new Uint8Array(codes.length / 2);
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = (codes[2 * at] & 15) | ((codes[2 * at + 1] & 15) << 4);
  }
  return bytes;
}

/** Codes of bytes. */
export function decodeCodes(kind: OwnCodeKind, bytes: Uint8Array): Int8Array {
  if (kind === 'int8') return new Int8Array(bytes);
  const codes = new Int8Array(bytes.length * 2);
  for (let at = 0; at < bytes.length; at++) {
    codes[2 * at] = (bytes[at] << 28) >> 28;
    codes[2 * at + 1] = (bytes[at] << 24) >> 28;
  }
  return codes;
}
