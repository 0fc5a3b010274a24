// common/attention-split: how decode attention divides the live blocks of the cache; see attention-split.ts.
const MAX_SPLITS = 64u;

// Blocks of 64 tokens that one split takes.
fn blocks_per_split(live_blocks: u32) -> u32 {
  return (live_blocks + MAX_SPLITS - 1u) / MAX_SPLITS;
}

// Splits that have any block.
fn live_splits(live_blocks: u32) -> u32 {
  let per_split = blocks_per_split(live_blocks);
  return (live_blocks + per_split - 1u) / per_split;
}
