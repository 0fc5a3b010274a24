// kv/unscaled: kinds without scales (f32, f16).
const KV_SCALE_ROWS = 0u;

fn key_scale(block: u32, token: u32) -> f32 {
  return 1.0;
}

fn value_scale(block: u32, token: u32) -> f32 {
  return 1.0;
}
