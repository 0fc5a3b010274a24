// block-merge-residual/workgroup: block-merge and block-matvec-residual in one dispatch: every workgroup
// merges the splits of all heads for its own 32 rows.
// y[H, Dh] = sum_i w_i partial_i / sum_i w_i l_i,  w_i = exp(m_i - max m) over the live splits i
// x[M] += r * row_scale[M] * sum over blocks b of W[M, b] . q(y * sub_gain)[b];  r of block/norm, over y
// q_out[M] i8, act_out[M / 32] = x * gain in blocks of 32, with the sum of squares of x, see block/residual
// With block/outliers: plus outlier channels in int8.
// Layout: of W by the part joined (span_bytes).  K = H * Dh, a multiple of a cell and of 64, at most 8192;
//   M of 32; H * live splits at most 384.
// Geometry: LANES invocations share 2 rows (16 apart); workgroups of 16 LANES own 32 rows each.
// Requires: what the dot16 joined requires.  Overrides: LANES = 16, WG_SIZE = 16 LANES.
// Cost: reads W once, and the live partial sums once per workgroup: saves a dispatch while the splits are
// few.
override WG_SIZE: u32 = 256u;
override LANES: u32 = 16u;
struct Params {
  m: u32, k: u32, group_shift: u32, norm: u32,
  epsilon: f32, heads: u32, head_dim: u32, splits_max: u32,
  gained: u32, outliers: u32, channels_at: u32, gain_at: u32,
}
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M, K >> group_shift], or [M]
@group(0) @binding(2) var<storage, read> partial: array<vec4f>;      // [H, splits_max, Dh/4 + 1]
@group(0) @binding(3) var<storage, read> sub_gain: array<f32>;       // [K] if params.gained
@group(0) @binding(4) var<storage, read> beside: array<vec4u>;       // table of outliers, then gain [M]
@group(0) @binding(5) var<storage, read_write> x: array<f32>;        // [M]
@group(0) @binding(6) var<storage, read_write> q_out: array<u32>;    // [M/4] four int8 each
@group(0) @binding(7) var<storage, read_write> act_out: array<vec2f>; // [M/32] (scale, sum of squares)
@group(0) @binding(8) var<uniform> params: Params;

@compute @workgroup_size(WG_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let first = group.x * 32u;
  let pair = index / LANES;
  let rows = first + vec2u(pair, pair + 16u);
  // Weights and residual are on their way while the splits are merged.
  let residual = load_residual(first + index % 32u);
  let share = dot_matrix(rows, index % LANES, LANES, index, WG_SIZE);
  add_to_residual(index, group.x, residual, share);
}
