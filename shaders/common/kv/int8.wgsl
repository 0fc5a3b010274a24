// kv/int8: cache words of four int8 codes; see kv/layout.ts.
alias KvWord = u32;
const KV_STEPS = 127.0; // codes that the largest magnitude of a head is away from zero

fn kv_unpack(word: KvWord) -> vec4f {
  let w = bitcast<i32>(word);
  return vec4f(vec4i((w << 24u) >> 24u, (w << 16u) >> 24u, (w << 8u) >> 24u, w >> 24u));
}

fn kv_pack(codes: vec4f) -> KvWord {
  let c = bitcast<vec4u>(vec4i(round(codes))) & vec4u(0xffu);
  return c.x | (c.y << 8u) | (c.z << 16u) | (c.w << 24u);
}
