// block/residual: the last steps of a product that is added to the residual stream: 32 rows of a workgroup,
// their gain, and the quantised input of the next product.
// Joined with block/norm, cell and quantize; the kernel declares LANES, x, beside and params.gain_at.
var<workgroup> shares: array<vec2f, 256>; // [LANES, 16 pairs of rows, 16 apart]

// What row index % 32 of the workgroup needs in the end; loaded first, so that nobody waits for it.
struct Residual {
  old: f32,
  weight: f32,
  factor: f32,
}

fn load_residual(m: u32) -> Residual {
  let weight = bitcast<f32>(beside[params.gain_at + m / 4u][m % 4u]);
  return Residual(x[m], weight, late_factor(m));
}

// x[m] += norm * factor * sum of the members' shares; the block's codes, scale and sum of squares. Two
// barriers.
fn add_to_residual(index: u32, block: u32, residual: Residual, share: vec2f) {
  shares[index % LANES * 16u + index / LANES] = share;
  workgroupBarrier(); // publishes the shares of all members
  var y = 0.0;
  if (index < 32u) {
    var sum = 0.0;
    for (var i = 0u; i < LANES; i++) {
      let both = shares[i * 16u + index % 16u];
      sum += select(both.x, both.y, index >= 16u);
    }
    y = residual.old + sum * residual.factor * norm_factor();
    x[block * 32u + index] = y;
  }
  quantize_block(index, block, y, residual.weight);
}
