// hadamard/transform: chunks `place`.y, `place`.y + `step` ... of token `place`.x.
fn transform(place: vec2u, step: u32, index: u32, limit: u32) {
  let words = params.k / 4u;
  let base = place.x * words;
  let factor = norm_factor(base, index, limit) / sqrt(f32(params.block));
  let chunks = (words + CHUNK_WORDS - 1u) / CHUNK_WORDS;
  for (var c = place.y; c < chunks; c += step) {
    let v = chunk(base, c, index, limit) * factor;
    let i = c * CHUNK_WORDS + index;
    if (i < words) {
      out[base + i] = v;
    }
  }
}
