// attention-decode/heads: scores and softmax weights of up to HEADS query heads at once, one per component.
// Rows of q of the workgroup's heads; surplus ones repeat the last.
fn query_rows(first: u32, last: u32) -> vec4u {
  return min(vec4u(first) + vec4u(0u, 1u, 2u, 3u), vec4u(last)) * (params.head_dim / 4u);
}

fn scores_of(rows: vec4u, block: u32, token: u32) -> vec4f {
  let words = params.head_dim / 4u;
  var score = vec4f(0.0);
  for (var w = 0u; w < words; w += 2u) {
    let key = key_cell(block, token, w / 2u);
    let v = min(w + 1u, words - 1u); // the columns of a missing word are zero
    score.x += dot(q[rows.x + w], key.low) + dot(q[rows.x + v], key.high);
    if (HEADS > 1u) {
      score.y += dot(q[rows.y + w], key.low) + dot(q[rows.y + v], key.high);
    }
    if (HEADS > 2u) {
      score.z += dot(q[rows.z + w], key.low) + dot(q[rows.z + v], key.high);
    }
    if (HEADS > 3u) {
      score.w += dot(q[rows.w + w], key.low) + dot(q[rows.w + v], key.high);
    }
  }
  return score * key_scale(block, token);
}

fn exp_heads(x: vec4f) -> vec4f {
  var e = vec4f(exp_accurate(x.x), 0.0, 0.0, 0.0);
  if (HEADS > 1u) {
    e.y = exp_accurate(x.y);
  }
  if (HEADS > 2u) {
    e.z = exp_accurate(x.z);
  }
  if (HEADS > 3u) {
    e.w = exp_accurate(x.w);
  }
  return e;
}
