// block-matvec/lanes: two rows per invocation, without barriers and shuffles: for adapters that compute on
// the CPU.
// out[first_row + M] f32 = r * row_scale[M] * sum over blocks b of act[b].x * (W[M, b] . q[b]);  r of
// block/norm-lane
// Layout: of W by the part joined (span_bytes).  K a multiple of a cell and of 64; groups of 2^group_shift
// columns.
// Geometry: workgroups of WG_SIZE invocations, 2 WG_SIZE rows.
// Requires: what the dot16 joined requires.  Overrides: WG_SIZE (a power of two).
// Cost: reads W once; bound by arithmetic.
override WG_SIZE: u32 = 16u;
struct Params {
  m: u32, k: u32, group_shift: u32, norm: u32, epsilon: f32, first_row: u32, outliers: u32, channels_at: u32,
}
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M, K >> group_shift], or [M]
@group(0) @binding(2) var<storage, read> q: array<vec4u>;            // [K/16] sixteen int8 each
@group(0) @binding(3) var<storage, read> act: array<vec2f>;          // [K/32] (scale, sum of squares)
@group(0) @binding(4) var<storage, read> beside: array<vec4u>;       // table of outliers, or anything
@group(0) @binding(5) var<storage, read_write> out: array<f32>;      // [first_row + M] and more
@group(0) @binding(6) var<uniform> params: Params;

@compute @workgroup_size(WG_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let m = ((group.x + group.y * grid.x) * WG_SIZE + index) * 2u;
  if (m >= params.m) {
    return;
  }
  let next = min(m + 1u, params.m - 1u);
  let sum = dot_both(vec2u(m, next)) * norm_factor();
  out[params.first_row + m] = sum.x * row_factor(m);
  if (next > m) {
    out[params.first_row + next] = sum.y * row_factor(next);
  }
}
