// kv/scaled: kinds with one scale per token and head (int8, int4): one more row of 64 words.
const KV_SCALE_ROWS = 1u;

fn kv_scale_at(block: u32, token: u32) -> u32 {
  return block + kv_words(params.head_dim) * KV_BLOCK + token;
}
