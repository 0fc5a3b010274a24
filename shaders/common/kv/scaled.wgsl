// kv/scaled: kinds with one scale per token and head (int8, int4): one more row of 64 words.
const KV_SCALE_ROWS = 1u;

// From columns of a head to codes before rounding; 0 for a head of zeros.
fn kv_factor(largest: f32) -> f32 {
  return select(0.0, KV_STEPS / largest, largest > 0.0);
}

fn kv_scale_at(block: u32, token: u32) -> u32 {
  return block + kv_words(params.head_dim) * KV_BLOCK + token;
}
