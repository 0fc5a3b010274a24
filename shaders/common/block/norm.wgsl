// block/norm: the factor of RMSNorm from the partial sums of squares that the producer of the
// activations left.
var<workgroup> square_sums: array<f32, 32>;

// 1 / sqrt(mean + epsilon), or 1 for inputs without norm; after a barrier behind block/squares, or who else
// fills square_sums.
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
