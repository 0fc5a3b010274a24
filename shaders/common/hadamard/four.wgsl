// hadamard/four: the stages of a Hadamard transform within four values, without a factor.
fn hadamard_4(v: vec4f) -> vec4f {
  let pairs = vec4f(v.x + v.y, v.x - v.y, v.z + v.w, v.z - v.w);
  return vec4f(pairs.xy + pairs.zw, pairs.xy - pairs.zw);
}
