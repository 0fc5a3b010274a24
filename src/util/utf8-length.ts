// How many bytes a text takes in UTF-8.

const encoder = new TextEncoder();

/** UTF-8 length of a text; a lone surrogate counts as U+FFFD. */
export function utf8Length(text: string): number {
  return encoder.encode(text).length;
}
