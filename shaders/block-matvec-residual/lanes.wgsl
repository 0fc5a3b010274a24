// block-matvec-residual/lanes: a block of 32 rows per invocation, without barriers: for adapters that
// compute on the CPU.
// x[M] += r * row_scale[M] * sum over blocks b of act[b].x * (W[M, b] . q[b]);  r of block/norm-lane
// q_out[M] i8, act_out[M / 32] = x * gain in blocks of 32, see block/quantize-lane
// Layout: of W by the part joined (span_bytes).  K a multiple of a cell and of 64, M of 32.
// Geometry: workgroups of WG_SIZE invocations, 32 WG_SIZE rows.
// Requires: what the dot16 joined requires.  Overrides: WG_SIZE (a power of two).
// Cost: reads W once; bound by arithmetic.
override WG_SIZE: u32 = 8u;
struct Params {
  m: u32, k: u32, group_shift: u32, norm: u32,
  epsilon: f32, outliers: u32, channels_at: u32, gain_at: u32,
}
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M, K >> group_shift], or [M]
@group(0) @binding(2) var<storage, read> q: array<vec4u>;            // [K/16] sixteen int8 each
@group(0) @binding(3) var<storage, read> act: array<vec2f>;          // [K/32] (scale, sum of squares)
@group(0) @binding(4) var<storage, read> beside: array<f32>;         // gain [M]
@group(0) @binding(5) var<storage, read_write> x: array<f32>;        // [M]
@group(0) @binding(6) var<storage, read_write> q_out: array<u32>;    // [M/4] four int8 each
@group(0) @binding(7) var<storage, read_write> act_out: array<vec2f>; // [M/32] (scale, sum of squares)
@group(0) @binding(8) var<uniform> params: Params;

@compute @workgroup_size(WG_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let block = group.x * WG_SIZE + index;
  if (block >= params.m / 32u) {
    return;
  }
  let factor = norm_factor();
  var values = array<vec4f, 8>();
  var gains = array<vec4f, 8>();
  for (var i = 0u; i < 16u; i++) {
    let m = block * 32u + 2u * i;
    let scales = vec2f(row_factor(m), row_factor(m + 1u)) * factor;
    let y = vec2f(x[m], x[m + 1u]) + dot_both(vec2u(m, m + 1u)) * scales;
    x[m] = y.x;
    x[m + 1u] = y.y;
    let at = 2u * (i % 2u);
    values[i / 2u][at] = y.x;
    values[i / 2u][at + 1u] = y.y;
    gains[i / 2u][at] = beside[m];
    gains[i / 2u][at + 1u] = beside[m + 1u];
  }
  quantize_alone(block, values, gains);
}
