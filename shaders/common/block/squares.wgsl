// block/squares: square_sums of block/norm from what the producer of the activations left in act.

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
