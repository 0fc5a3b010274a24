// The SentencePiece tokenizer (Llama 2 and the models that took its vocabulary), whatever file it came from.

import { EngineError } from '../errors.ts';
import { PieceEncoder, type PieceMerges, SPACE_MARK } from './sentencepiece.ts';
import { type SpecialToken, sortSpecialTokens, splitAtSpecialTokens } from './special-tokens.ts';
import type { DecodeStreamOptions, EncodeOptions, StreamDecoder, Tokenizer } from './tokenizer.ts';

/** Where a text gets a space in front before it is encoded. */
export interface SpacePrefix {
  /** `fragments`: at the start and after each special token; `start`: only at the start of a text. */
  readonly where: 'nowhere' | 'start' | 'fragments';
  /** Not in front of a text that starts with a space. */
  readonly unlessSpace: boolean;
}

/** Everything that defines one SentencePiece tokenizer. */
export interface SentencePieceSpec {
  /** Text of each id; spaces are written U+2581 in ordinary tokens, bytes `<0xNN>`. */
  readonly tokens: readonly string[];
  /** Control (including unknown) and user-defined tokens. */
  readonly specialTokens: readonly SpecialToken[];
  /** Ids that never stand for text. */
  readonly unusedIds: ReadonlySet<number>;
  readonly merges: PieceMerges;
  readonly unknownId: number | null;
  readonly fuseUnknown: boolean;
  readonly spacePrefix: SpacePrefix;
  /** Decoding drops one space at the start of the text. */
  readonly dropFirstSpace: boolean;
  readonly bosId: number | null;
  readonly eosId: number | null;
  readonly endIds: ReadonlySet<number>;
  readonly addBosByDefault: boolean;
}

const NO_BYTES = new Uint8Array(0);
const SPACE_BYTE = 0x20;
const BYTE_TOKEN = /^<0x([0-9A-F]{2})>$/;
const SURROGATE = /\p{Surrogate}/gu;
const SPACES = / /g;
const SPACE_MARKS = new RegExp(SPACE_MARK, 'g');

/** A SentencePiece BPE tokenizer with byte fallback. */
export class SentencePieceTokenizer implements Tokenizer {
  readonly kind = 'sentencepiece';
  readonly vocabularySize: number;
  readonly bosId: number | null;
  readonly eosId: number | null;
  readonly endIds: ReadonlySet<number>;
  readonly addBosByDefault: boolean;
  readonly controlTokens: ReadonlyMap<string, number>;
  readonly #spec: SentencePieceSpec;
  readonly #encoder: PieceEncoder;
  readonly #special: readonly SpecialToken[];
  readonly #userDefined: readonly SpecialToken[];
  readonly #specialById: ReadonlyMap<number, SpecialToken>;
  readonly #byteOfId: ReadonlyMap<number, number>;
  readonly #utf8 = new TextEncoder();

  /** @throws EngineError 'bad-file' when merges or pieces are malformed */
  constructor(spec: SentencePieceSpec) {
    this.#spec = spec;
    this.vocabularySize = spec.tokens.length;
    this.bosId = spec.bosId;
    this.eosId = spec.eosId;
    this.endIds = spec.endIds;
    this.addBosByDefault = spec.addBosByDefault;
    this.#special = sortSpecialTokens(spec.specialTokens);
    this.#userDefined = this.#special.filter(({ control }) => !control);
    this.#specialById = new Map(this.#special.map((token) => [token.id, token]));
    this.controlTokens = new Map(
      this.#special.filter(({ control }) => control).map(({ text, id }) => [text, id]),
    );
    const idOfText = new Map<string, number>();
    const byteIds = new Int32Array(256).fill(-1);
    const byteOfId = new Map<number, number>();
    spec.tokens.forEach((text, id) => {
      const special = this.#specialById.get(id);
      const byte = special === undefined && !spec.unusedIds.has(id) ? BYTE_TOKEN.exec(text) : null;
      if (byte !== null) {
        const value = Number.parseInt(byte[1], 16);
        byteIds[value] = id;
        byteOfId.set(id, value);
      } else if (special?.control !== true && text !== '') idOfText.set(text, id);
    });
    this.#byteOfId = byteOfId;
    this.#encoder = new PieceEncoder({
      size: spec.tokens.length,
      idOfText,
      unusedIds: spec.unusedIds,
      merges: spec.merges,
      byteIds,
      unknownId: spec.unknownId,
      fuseUnknown: spec.fuseUnknown,
    });
  }

  encode(text: string, options: EncodeOptions = {}): number[] {
    const { addBos = false, parseSpecial = false, continues = false } = options;
    const ids: number[] = [];
    if (addBos && this.addBosByDefault && this.bosId !== null) ids.push(this.bosId);
    const tokens = parseSpecial ? this.#special : this.#userDefined;
    let isStart = !continues;
    for (const fragment of splitAtSpecialTokens(text, tokens)) {
      if (typeof fragment === 'number') ids.push(fragment);
      else this.#encodePlain(fragment, isStart, ids);
      isStart = false;
    }
    return ids;
  }

  decode(ids: readonly number[], options: { readonly special?: boolean } = {}): string {
    const decoder = this.#createDecoder(options.special ?? false, this.#spec.dropFirstSpace);
    return ids.map((id) => decoder.push(id)).join('') + decoder.flush();
  }

  tokenText(id: number): string {
    const decoder = this.#createDecoder(true, false);
    return decoder.push(id) + decoder.flush();
  }

  createStreamDecoder(options: DecodeStreamOptions = {}): StreamDecoder {
    return this.#createDecoder(false, this.#spec.dropFirstSpace && !(options.continues ?? false));
  }

  #createDecoder(showControl: boolean, dropSpace: boolean): StreamDecoder {
    // ignoreBOM keeps a U+FEFF that the model wrote.
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    let atStart = dropSpace;
    return {
      push: (id) => {
        let bytes = this.#bytes(id, showControl);
        if (atStart && bytes.length > 0) {
          if (bytes[0] === SPACE_BYTE) bytes = bytes.subarray(1);
          atStart = false;
        }
        return decoder.decode(bytes, { stream: true });
      },
      flush: () => decoder.decode(),
    };
  }

  #encodePlain(text: string, isStart: boolean, ids: number[]): void {
    const { where, unlessSpace } = this.#spec.spacePrefix;
    const escaped = text.replace(SURROGATE, '\ufffd').replace(SPACES, SPACE_MARK);
    const wanted = where === 'fragments' || (where === 'start' && isStart);
    const prefix = wanted && !(unlessSpace && escaped.startsWith(SPACE_MARK)) ? SPACE_MARK : '';
    this.#encoder.encode(prefix + escaped, ids);
  }

  /** UTF-8 bytes of a token; may be part of a character. */
  #bytes(id: number, showControl: boolean): Uint8Array {
    const text = this.#spec.tokens[id];
    if (text === undefined) {
      throw new EngineError(
        'bad-argument',
        `Token id ${id} is outside the vocabulary; expected 0 to ${this.vocabularySize - 1}. Use ids of this model.`,
        { details: { id, vocabularySize: this.vocabularySize } },
      );
    }
    const byte = this.#byteOfId.get(id);
    if (byte !== undefined) return Uint8Array.of(byte);
    const special = this.#specialById.get(id);
    if (special !== undefined) return special.control && !showControl ? NO_BYTES : this.#utf8.encode(text);
    if (this.#spec.unusedIds.has(id)) return showControl ? this.#utf8.encode(text) : NO_BYTES;
    return this.#utf8.encode(text.replace(SPACE_MARKS, ' '));
  }
}
