// block-matvec/workgroup: two rows by a team of invocations, reduced through workgroup memory with one
// barrier.
// out[first_row + M] f32 = r * row_scale[M] * sum over blocks b of act[b].x * (W[M, b] . q[b]);  r of
// block/norm
// With block/outliers: plus outlier channels in int8.
// Layout: of W by the part joined (span_bytes).  K a multiple of a cell and of 64; groups of 2^group_shift
// columns.
// Geometry: LANES invocations share 2 rows (PAIRS apart); WG_SIZE / LANES = PAIRS pairs per workgroup.
// Requires: what the dot16 joined requires.  Overrides: WG_SIZE (32..256), LANES (2..64), powers of two.
// Cost: reads W once, eight 16-byte loads in flight per invocation; bound by memory, small ones by latency.
override WG_SIZE: u32 = 256u;
override LANES: u32 = 16u;
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

var<workgroup> partial: array<vec2f, 256>;

@compute @workgroup_size(WG_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let pairs = WG_SIZE / LANES;
  let first = (group.x + group.y * grid.x) * pairs * 2u;
  let pair = index / LANES;
  let member = index % LANES;
  // Rows beyond the end repeat the last one; they are not written.
  let rows = min(first + vec2u(pair, pair + pairs), vec2u(params.m - 1u));
  gather_squares(index);
  partial[member * pairs + pair] = dot_matrix(rows, member, LANES, index, WG_SIZE);
  workgroupBarrier(); // publishes the sums of all members
  let m = first + index;
  if (index < 2u * pairs && m < params.m) {
    var sum = 0.0;
    for (var i = 0u; i < LANES; i++) {
      let both = partial[i * pairs + index % pairs];
      sum += select(both.x, both.y, index >= pairs);
    }
    out[params.first_row + m] = sum * late_factor(m) * norm_factor();
  }
}
