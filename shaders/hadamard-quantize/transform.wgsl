// hadamard-quantize/transform: chunks `place`.y, `place`.y + `step` ... of token `place`.x.
fn transform_and_quantize(place: vec2u, step: u32, index: u32, limit: u32) {
  let words = params.k / 4u;
  let base = place.x * words;
  let factor = norm_factor(base, index, limit) / sqrt(f32(params.block));
  let chunks = (words + CHUNK_WORDS - 1u) / CHUNK_WORDS;
  let whole_row = params.group == params.k;
  var row_max = 0.0;
  if (whole_row) {
    var largest = vec4f(0.0);
    for (var c = place.y; c < chunks; c += step) {
      largest = max(largest, abs(chunk(base, c, index, limit)));
    }
    // The floor of BitLinear: 1e-5 after norm and transform.
    row_max = max(team_max(index, largest, CHUNK_WORDS, limit), 1e-5 / factor);
  }
  for (var c = place.y; c < chunks; c += step) {
    let v = chunk(base, c, index, limit);
    var largest = row_max;
    if (!whole_row) {
      largest = team_max(index, abs(v), params.group / 4u, limit);
    }
    let i = c * CHUNK_WORDS + index;
    if (i < words) {
      q[base + i] = pack_int8(vec4i(round(v * (127.0 / max(largest, 1e-30)))));
      if (i % (params.group / 4u) == 0u) {
        scale[(base + i) / (params.group / 4u)] = largest * factor / 127.0;
      }
    }
  }
}
