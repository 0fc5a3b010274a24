// The byte alphabet of GPT-2's byte-level BPE: every byte has a printable character, so that vocabularies are text.
// Bytes 33-126, 161-172 and 174-255 stand for themselves, the other 68 for U+0100 onwards, in order.

/** Character of each byte. */
export const BYTE_TO_CHAR: readonly string[] = createByteToChar();

/** Byte of each character code below U+0144; -1 where no byte maps to it. */
export const CHAR_TO_BYTE: Int16Array = createCharToByte();

function createByteToChar(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCharCode(isPrintable ? byte : next++);
  });
}

function createCharToByte(): Int16Array {
  const map = new Int16Array(0x144).fill(-1);
  BYTE_TO_CHAR.forEach((char, byte) => {
    map[char.charCodeAt(0)] = byte;
  });
  return map;
}

/** Bytes of a mapped text, or null when some character maps to no byte. */
export function bytesOfMappedText(text: string): Uint8Array | null {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const byte = code < CHAR_TO_BYTE.length ? CHAR_TO_BYTE[code] : -1;
    if (byte < 0) return null;
    bytes[index] = byte;
  }
  return bytes;
}
