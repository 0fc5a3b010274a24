// A cursor over the first bytes of a GGUF file, which may not all be there yet.
// Running out of the window throws NeedMoreBytes (the reader widens it and retries); running out of the file is an error.

import { EngineError } from '../errors.ts';
import { MAX_STRING_BYTES } from './limits.ts';

/** Internal signal: the header goes on beyond the bytes read so far. Never leaves src/gguf. */
export class NeedMoreBytes extends Error {
  /** Size that the window must have at least. */
  readonly windowBytes: number;

  constructor(windowBytes: number) {
    super('The header window is too small.');
    this.windowBytes = windowBytes;
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenientUtf8 = new TextDecoder('utf-8', { ignoreBOM: true });
// Vocabularies hold half a million short strings. Up to this length, text below U+0800 is decoded by hand:
// a TextDecoder call costs several times as much.
const SHORT_STRING_BYTES = 24;

/** Reads little-endian values one after the other. */
export class HeaderCursor {
  position = 0;
  /** Field in work, for messages. */
  field = 'magic';
  readonly fileName: string;
  readonly fileBytes: number;
  #window: Uint8Array;
  #view: DataView;

  constructor(fileName: string, fileBytes: number, window: Uint8Array) {
    this.fileName = fileName;
    this.fileBytes = fileBytes;
    this.#window = window;
    this.#view = new DataView(window.buffer, window.byteOffset, window.byteLength);
  }

  /** The bytes read so far, from the start of the file. */
  get window(): Uint8Array {
    return this.#window;
  }

  /** Replaces the window by a longer one that starts with the same bytes; the position stays. */
  widen(window: Uint8Array): void {
    this.#window = window;
    this.#view = new DataView(window.buffer, window.byteOffset, window.byteLength);
  }

  /** An error about the field in work. */
  error(observed: string, expected: string): EngineError {
    return new EngineError(
      'bad-file',
      `${this.fileName} is not a valid GGUF file: ${this.field} at byte ${this.position} is ${observed}; expected ${expected}. Download the file again or get it from another source.`,
      { details: { file: this.fileName, offset: this.position, field: this.field } },
    );
  }

  /** Checks that `length` bytes lie ahead, in the file and in the window. */
  require(length: number): void {
    const end = this.position + length;
    if (end > this.fileBytes) {
      throw this.error(`cut off (${length} bytes needed, the file has ${this.fileBytes})`, 'a complete file');
    }
    if (end > this.#window.byteLength) throw new NeedMoreBytes(end);
  }

  /** Bytes from the position to the end of the file. */
  get bytesLeftInFile(): number {
    return this.fileBytes - this.position;
  }

  /** The next byte. */
  u8(): number {
    this.require(1);
    return this.#window[this.position++];
  }

  /** The next u32. */
  u32(): number {
    this.require(4);
    const value = this.#view.getUint32(this.position, true);
    this.position += 4;
    return value;
  }

  /** A u64 that must fit a double exactly. */
  u64(): number {
    this.require(8);
    const low = this.#view.getUint32(this.position, true);
    const high = this.#view.getUint32(this.position + 4, true);
    if (high > 0x1fffff) {
      const value = this.#view.getBigUint64(this.position, true);
      throw this.error(String(value), 'at most 2^53 - 1');
    }
    this.position += 8;
    return high * 4294967296 + low;
  }

  /** An i64 whose magnitude must fit a double exactly. */
  i64(): number {
    this.require(8);
    const value = this.#view.getBigInt64(this.position, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < -BigInt(Number.MAX_SAFE_INTEGER)) {
      throw this.error(String(value), 'a magnitude of at most 2^53 - 1');
    }
    this.position += 8;
    return Number(value);
  }

  /** The view at the position, for numbers of 1 to 8 bytes; the caller has called require(). */
  view(): DataView {
    return this.#view;
  }

  /** A copy of the next `length` bytes, aligned for any typed array. */
  copyBytes(length: number): Uint8Array<ArrayBuffer> {
    this.require(length);
    const copy = new Uint8Array(length);
    copy.set(this.#window.subarray(this.position, this.position + length));
    this.position += length;
    return copy;
  }

  /**
   * A string: u64 length and UTF-8 bytes.
   * @param strict refuse invalid UTF-8 (names and keys); else it becomes U+FFFD, as some vocabularies contain it
   */
  string(strict: boolean): string {
    const length = this.#stringLength();
    const from = this.position;
    this.position += length;
    return length <= SHORT_STRING_BYTES ? this.#shortString(from, strict) : this.#decode(from, strict);
  }

  /** Moves past a string without decoding it. */
  skipString(): void {
    const length = this.#stringLength();
    this.position += length;
  }

  /** Reads a string's length, and checks that its bytes are in the file and in the window. */
  #stringLength(): number {
    const start = this.position;
    const length = this.u64();
    if (length > MAX_STRING_BYTES || length > this.bytesLeftInFile) {
      this.position = start;
      throw this.error(
        `a string of ${length} bytes with ${this.bytesLeftInFile - 8} left`,
        `at most ${MAX_STRING_BYTES} and within the file`,
      );
    }
    if (this.position + length > this.#window.byteLength) throw new NeedMoreBytes(this.position + length);
    return length;
  }

  #shortString(from: number, strict: boolean): string {
    const bytes = this.#window;
    let text = '';
    for (let at = from; at < this.position; at++) {
      const byte = bytes[at];
      if (byte < 0x80) {
        text += String.fromCharCode(byte);
        continue;
      }
      // Two-byte sequence: 110xxxxx 10xxxxxx, not overlong, inside the string. Anything else takes the long way.
      const next = at + 1 < this.position ? bytes[at + 1] : 0;
      if (byte < 0xc2 || byte > 0xdf || (next & 0xc0) !== 0x80) return this.#decode(from, strict);
      text += String.fromCharCode(((byte & 0x1f) << 6) | (next & 0x3f));
      at++;
    }
    return text;
  }

  #decode(from: number, strict: boolean): string {
    const bytes = this.#window.subarray(from, this.position);
    if (!strict) return lenientUtf8.decode(bytes);
    try {
      return strictUtf8.decode(bytes);
    } catch {
      this.position = from;
      throw this.error('not UTF-8', 'UTF-8 text');
    }
  }
}
