// block-matvec-residual/workgroup: 32 rows by teams of invocations, then residual, gain and quantisation of
// their block.
// x[M] += r * row_scale[M] * sum over blocks b of act[b].x * (W[M, b] . q[b]);  r of block/norm
// q_out[M] i8, act_out[M / 32] = x * gain in blocks of 32, with the sum of squares of x, see
// block/residual
// With block/outliers: plus outlier channels in int8.
// Layout: of W by the part joined (span_bytes).  K a multiple of a cell and of 64, M of 32.
// Geometry: LANES invocations share 2 rows (16 apart); workgroups of 16 LANES own 32 rows each.
// Requires: what the dot16 joined requires.  Overrides: LANES (2..16, power of two), WG_SIZE = 16 LANES.
// Cost: reads W once, eight to sixteen 16-byte loads in flight per invocation; activations are staged.
override WG_SIZE: u32 = 256u;
override LANES: u32 = 16u;
struct Params {
  m: u32, k: u32, group_shift: u32, norm: u32,
  epsilon: f32, outliers: u32, channels_at: u32, gain_at: u32,
}
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M, K >> group_shift], or [M]
@group(0) @binding(2) var<storage, read> q: array<vec4u>;            // [K/16] sixteen int8 each
@group(0) @binding(3) var<storage, read> act: array<vec2f>;          // [K/32] (scale, sum of squares)
@group(0) @binding(4) var<storage, read> beside: array<vec4u>;       // table of outliers, then gain [M]
@group(0) @binding(5) var<storage, read_write> x: array<f32>;        // [M]
@group(0) @binding(6) var<storage, read_write> q_out: array<u32>;    // [M/4] four int8 each
@group(0) @binding(7) var<storage, read_write> act_out: array<vec2f>; // [M/32] (scale, sum of squares)
@group(0) @binding(8) var<uniform> params: Params;

@compute @workgroup_size(WG_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let first = group.x * 32u;
  let pair = index / LANES;
  let residual = load_residual(first + index % 32u);
  gather_squares(index);
  let share = dot_matrix(first + vec2u(pair, pair + 16u), index % LANES, LANES, index, WG_SIZE);
  add_to_residual(index, group.x, residual, share);
}
