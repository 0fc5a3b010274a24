// kv/f32: cache words of four columns in f32; see kv/layout.ts.
alias KvWord = vec4f;

fn kv_unpack(word: KvWord) -> vec4f {
  return word;
}

fn kv_pack(columns: vec4f) -> KvWord {
  return columns;
}
