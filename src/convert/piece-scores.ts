// SentencePiece scores from the merge list of a tokenizer.json. GGUF keeps a score per token, not merges: the pair whose
// text has the highest score is merged first. A token's score is minus the rank of the first merge that makes it.

/**
 * Scores of all tokens, [tokens.length] f32.
 * @param merges "left right" in rank order; ranks stay exact in f32 up to 2^24
 * @returns tokens that no merge makes get a score below all others
 */
export function scoresOfMerges(tokens: readonly string[], merges: readonly string[]): Float32Array {
  const rankOf = new Map<string, number>();
  for (const [rank, merge] of merges.entries()) {
    // The first part may itself be a space.
    const cut = merge.indexOf(' ', 1);
    const text = merge.slice(0, cut) + merge.slice(cut + 1);
    if (!rankOf.has(text)) rankOf.set(text, rank);
  }
  return Float32Array.from(tokens, (text) => -(rankOf.get(text) ?? merges.length));
}
