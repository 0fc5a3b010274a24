// sparse-product/naive: one invocation per row and token.
// out[T, first_row + M] f32 += scale[M] * sum over entries of value * x[T, 32 * b + position]
// Geometry: workgroups of 64 rows, those of all tokens in one sequence.
// Requires: nothing.  K % 32 == 0, slots 2 or 4.
// Cost: reads the entries once per token, uncoalesced.
@group(0) @binding(0) var<storage, read> entries: array<u32>;        // [M, K / 32 * slots / 2] two each
@group(0) @binding(1) var<storage, read> scale: array<f32>;          // [M]
@group(0) @binding(2) var<storage, read> x: array<u32>;              // [T, K] f32 or [T, K/4] four i8 each
@group(0) @binding(3) var<storage, read> x_scale: array<f32>;        // [T, K / block] if block is not 0
@group(0) @binding(4) var<storage, read_write> out: array<f32>;      // [T, stride]
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let row = (group.x + group.y * grid.x) * 64u + index;
  if (row >= params.m * params.tokens) {
    return;
  }
  let t = row / params.m;
  let m = row % params.m;
  let words = params.k / 32u * (params.slots / 2u);
  var sum = 0.0;
  for (var i = 0u; i < words; i++) {
    sum += dot_word(t, m, words, i);
  }
  add_to_out(t, m, sum);
}
