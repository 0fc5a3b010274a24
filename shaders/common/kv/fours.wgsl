// kv/fours: cache words of four columns (f32, f16, int8).
fn kv_words(head_dim: u32) -> u32 {
  return head_dim / 4u;
}
