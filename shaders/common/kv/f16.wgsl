// kv/f16: cache words of four columns in binary16, by core WGSL; see kv/layout.ts.
alias KvWord = vec2u;

fn kv_unpack(word: KvWord) -> vec4f {
  return vec4f(unpack2x16float(word.x), unpack2x16float(word.y));
}

fn kv_pack(columns: vec4f) -> KvWord {
  // Beyond binary16 the packing is undefined: the largest finite value stands for all.
  let c = clamp(columns, vec4f(-65504.0), vec4f(65504.0));
  return vec2u(pack2x16float(c.xy), pack2x16float(c.zw));
}
