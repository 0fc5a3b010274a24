// UTF-8 bytes that tokens stand for, so that models with different vocabularies can be compared per byte.
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { utf8Length } from '../util/utf8-length.ts';

/**
 * Bytes of tokens [from, end) of a text. A character that is cut by an end counts where its last token lies.
 * @param ids tokens of the text from its beginning
 */
export function countTextBytes(
  tokenizer: Tokenizer,
  ids: readonly number[],
  from: number,
  end: number,
): number {
  const decoder = tokenizer.createStreamDecoder();
  let bytes = 0;
  for (let index = 0; index < end; index++) {
    const text = decoder.push(ids[index]);
    if (index >= from) bytes += utf8Length(text);
  }
  return bytes;
}
