// kv/int4: cache words of eight 4-bit codes of a rotated head; see kv/layout.ts.
alias KvWord = u32;

fn kv_nibbles(word: KvWord) -> Columns {
  let w = bitcast<i32>(word);
  let low = vec4i((w << 28u) >> 28u, (w << 24u) >> 28u, (w << 20u) >> 28u, (w << 16u) >> 28u);
  let high = vec4i((w << 12u) >> 28u, (w << 8u) >> 28u, (w << 4u) >> 28u, w >> 28u);
  return Columns(vec4f(low), vec4f(high));
}

fn kv_words(head_dim: u32) -> u32 {
  return (head_dim + 7u) / 8u;
}

const KV_STEPS = 8.0; // codes that the largest magnitude of a head is away from zero; 8 itself is stored as 7

fn kv_pack(low: vec4f, high: vec4f) -> KvWord {
  let a = bitcast<vec4u>(vec4i(clamp(round(low), vec4f(-8.0), vec4f(7.0)))) & vec4u(0xfu);
  let b = bitcast<vec4u>(vec4i(clamp(round(high), vec4f(-8.0), vec4f(7.0)))) & vec4u(0xfu);
  let first = a.x | (a.y << 4u) | (a.z << 8u) | (a.w << 12u);
  return first | (b.x << 16u) | (b.y << 20u) | (b.z << 24u) | (b.w << 28u);
}
