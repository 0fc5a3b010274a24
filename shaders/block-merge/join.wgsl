// block-merge/join: joins softmax sums (m, l, sum).
// The softmax sums of two sets of keys, relative to the larger maximum.
fn join_sums(a: vec3f, b: vec3f) -> vec3f {
  let largest = max(a.x, b.x);
  let to_a = exp_accurate(a.x - largest);
  let to_b = exp_accurate(b.x - largest);
  return vec3f(largest, a.yz * to_a + b.yz * to_b);
}
