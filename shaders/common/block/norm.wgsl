// block/norm: the factor of RMSNorm from the partial sums of squares that the producer of the
// activations left.
var<workgroup> square_sums: array<f32, 32>;

// The first 32 invocations add up a share each; call before a barrier. act[b].y for K/32 blocks.
fn gather_squares(index: u32) {
  if (params.norm != 0u && index < 32u) {
    var sum = 0.0;
    for (var b = index; b < params.k / 32u; b += 32u) {
      sum += act[b].y;
    }
    square_sums[index] = sum;
  }
}

// 1 / sqrt(mean + epsilon), or 1 for inputs without norm; after the barrier.
fn norm_factor() -> f32 {
  if (params.norm == 0u) {
    return 1.0;
  }
  var sum = 0.0;
  for (var i = 0u; i < 32u; i++) {
    sum += square_sums[i];
  }
  return inverseSqrt(sum / f32(params.k) + params.epsilon);
}
