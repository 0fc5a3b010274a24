// Texts of the tokens that end a turn or a text, for files that name only one end token (llama.cpp keeps such a list).

/** Texts that end a turn or a text in the vocabularies of the known model families. */
export const END_TEXTS = [
  '<|eot_id|>',
  '<|im_end|>',
  '<|end|>',
  '<|endoftext|>',
  '<|end_of_text|>',
  '<|eom_id|>',
  '<end_of_turn>',
  '</s>',
  '<EOT>',
  '_<EOT>',
] as const;

/** Ids of the known end texts among control tokens, and the given ids that are not null. */
export function findEndIds(
  idOfControlText: ReadonlyMap<string, number>,
  ids: readonly (number | null)[],
): Set<number> {
  const found = new Set<number>();
  for (const id of ids) if (id !== null) found.add(id);
  for (const text of END_TEXTS) {
    const id = idOfControlText.get(text);
    if (id !== undefined) found.add(id);
  }
  return found;
}
