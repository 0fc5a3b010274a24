// The byte-level BPE tokenizer (GPT-2, Llama 3, Qwen, Falcon and our own vocabularies), whatever file it came from.

import { EngineError } from '../errors.ts';
import { BytePairEncoder } from './bpe.ts';
import { bytesOfMappedText } from './byte-map.ts';
import type { Pass } from './pretokenizers.ts';
import { type SpecialToken, sortSpecialTokens, splitAtSpecialTokens } from './special-tokens.ts';
import type { EncodeOptions, StreamDecoder, Tokenizer } from './tokenizer.ts';

/** Everything that defines one byte-level BPE tokenizer. */
export interface BpeSpec {
  /** Text of each id: byte-mapped for ordinary tokens, plain for special ones. */
  readonly tokens: readonly string[];
  /** Control and user-defined tokens. */
  readonly specialTokens: readonly SpecialToken[];
  /** Ids that never stand for text (padding of the vocabulary). */
  readonly unusedIds: ReadonlySet<number>;
  /** "left right", in rank order. */
  readonly merges: readonly string[];
  readonly passes: readonly Pass[];
  readonly ignoreMerges: boolean;
  /** Normalise text to NFC first. */
  readonly nfc: boolean;
  readonly bosId: number | null;
  readonly eosId: number | null;
  readonly endIds: ReadonlySet<number>;
  readonly addBosByDefault: boolean;
}

const NO_BYTES = new Uint8Array(0);

/** A byte-level BPE tokenizer; without merges a tokenizer of raw bytes. */
export class BpeTokenizer implements Tokenizer {
  /** `bpe`, or `bytes` when nothing merges. */
  readonly kind: 'bpe' | 'bytes';
  readonly vocabularySize: number;
  readonly bosId: number | null;
  readonly eosId: number | null;
  readonly endIds: ReadonlySet<number>;
  readonly addBosByDefault: boolean;
  readonly controlTokens: ReadonlyMap<string, number>;
  readonly #spec: BpeSpec;
  readonly #encoder: BytePairEncoder;
  readonly #special: readonly SpecialToken[];
  readonly #userDefined: readonly SpecialToken[];
  readonly #specialById: ReadonlyMap<number, SpecialToken>;
  readonly #utf8 = new TextEncoder();

  /** @throws EngineError 'bad-file' when the merges are malformed */
  constructor(spec: BpeSpec) {
    this.#spec = spec;
    this.kind = spec.merges.length === 0 && !spec.ignoreMerges ? 'bytes' : 'bpe';
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
    spec.tokens.forEach((text, id) => {
      if (!this.#specialById.has(id) && !spec.unusedIds.has(id)) idOfText.set(text, id);
    });
    this.#encoder = new BytePairEncoder(idOfText, spec.tokens.length, spec.merges, spec);
  }

  encode(text: string, options: EncodeOptions = {}): number[] {
    const { addBos = false, parseSpecial = false } = options;
    const ids: number[] = [];
    if (addBos && this.addBosByDefault && this.bosId !== null) ids.push(this.bosId);
    const normal = this.#spec.nfc ? text.normalize('NFC') : text;
    const tokens = parseSpecial ? this.#special : this.#userDefined;
    for (const fragment of splitAtSpecialTokens(normal, tokens)) {
      if (typeof fragment === 'number') ids.push(fragment);
      else this.#encodePlain(fragment, ids);
    }
    return ids;
  }

  decode(ids: readonly number[], options: { readonly special?: boolean } = {}): string {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    let text = '';
    for (const id of ids) text += decoder.decode(this.#bytes(id, options.special ?? false), { stream: true });
    return text + decoder.decode();
  }

  tokenText(id: number): string {
    return this.decode([id], { special: true });
  }

  createStreamDecoder(): StreamDecoder {
    // ignoreBOM keeps a U+FEFF that the model wrote.
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return {
      push: (id) => decoder.decode(this.#bytes(id, false), { stream: true }),
      flush: () => decoder.decode(),
    };
  }

  #encodePlain(text: string, ids: number[]): void {
    if (this.kind === 'bytes') {
      this.#encoder.encodeBytes(this.#utf8.encode(text), ids);
      return;
    }
    let pieces: readonly string[] = [text];
    for (const pass of this.#spec.passes) {
      pieces = pieces.length === 1 ? pass(pieces[0]) : pieces.flatMap(pass);
    }
    for (const piece of pieces) this.#encoder.encodeWord(piece, ids);
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
    const special = this.#specialById.get(id);
    if (special !== undefined) {
      return special.control && !showControl ? NO_BYTES : this.#utf8.encode(text);
    }
    if (this.#spec.unusedIds.has(id)) return showControl ? this.#utf8.encode(text) : NO_BYTES;
    return bytesOfMappedText(text) ?? this.#utf8.encode(text);
  }
}
