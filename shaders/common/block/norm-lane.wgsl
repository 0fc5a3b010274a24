// block/norm-lane: block/norm for invocations that work alone: each adds up all sums of
// squares.
fn norm_factor() -> f32 {
  if (params.norm == 0u) {
    return 1.0;
  }
  var sum = 0.0;
  for (var b = 0u; b < params.k / 32u; b++) {
    sum += act[b].y;
  }
  return inverseSqrt(sum / f32(params.k) + params.epsilon);
}
