// The interface that every tokenizer kind implements, and what the runtime needs of it.

/** Options of Tokenizer.encode. */
export interface EncodeOptions {
  /** Prepend BOS if the model asks for it. Default false. */
  readonly addBos?: boolean;
  /** Recognise control tokens written out in the text. Default false: user text cannot inject them. */
  readonly parseSpecial?: boolean;
  /** The text follows other text: no space is put in front. Only some SentencePiece vocabularies tell. Default false. */
  readonly continues?: boolean;
}

/** Options of Tokenizer.createStreamDecoder. */
export interface DecodeStreamOptions {
  /**
   * The ids follow other text. SentencePiece tokenizers then keep the space of the first word, which otherwise stands
   * for the start of the text. Default false.
   */
  readonly continues?: boolean;
}

/** Decodes a stream of ids; never yields half of a character. */
export interface StreamDecoder {
  /** Text that became complete with this id; '' while a character is unfinished. Control tokens yield ''. */
  push(id: number): string;
  /** What is left at the end (incomplete bytes become U+FFFD). */
  flush(): string;
}

/** Text to ids and back. Pure and synchronous; holds no resources. */
export interface Tokenizer {
  /** Kind for people: `bpe`, `sentencepiece`, `bytes`. */
  readonly kind: string;
  readonly vocabularySize: number;
  readonly bosId: number | null;
  /** The end token that chat templates call `eos_token`; one of endIds. */
  readonly eosId: number | null;
  /** Ids that end a turn or the text. */
  readonly endIds: ReadonlySet<number>;
  readonly addBosByDefault: boolean;
  /** Texts and ids of the tokens that only `parseSpecial` recognises, longest text first. */
  readonly controlTokens: ReadonlyMap<string, number>;
  encode(text: string, options?: EncodeOptions): number[];
  /** Whole text of ids; control tokens are left out unless `special` is true. */
  decode(ids: readonly number[], options?: { readonly special?: boolean }): string;
  /** The stored text of one token, control tokens included; for display. */
  tokenText(id: number): string;
  createStreamDecoder(options?: DecodeStreamOptions): StreamDecoder;
}
