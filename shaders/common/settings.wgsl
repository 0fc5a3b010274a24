// common/settings: the 64-byte record of how to sample; written by the host once per generation.
struct Settings {
  temperature: f32,
  top_p: f32,
  min_p: f32,
  repetition_penalty: f32,
  top_k: u32,
  seed: u32,
  reserved_0: u32,
  reserved_1: u32,
}
