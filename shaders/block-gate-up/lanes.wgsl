// block-gate-up/lanes: 32 gate rows and their up rows per invocation, without barriers: for adapters that
// compute on the CPU.
// h[F] = act(G) * U;  G, U = r * row_scale * sum over blocks b of act[b].x * (W[row, b] . q[b]), rows
// 0..F-1 and F..2F-1
// act 0: max(G, 0)^2,  act 1: G / (1 + exp(-G));  q_out[F] i8, act_out[F / 32] = h * gain, see
// block/quantize-lane
// Layout: of W by the part joined (span_bytes).  K a multiple of a cell and of 64, F of 32.
// Geometry: workgroups of WG_SIZE invocations, 32 WG_SIZE outputs.
// Requires: what the dot16 joined requires.  Overrides: WG_SIZE (a power of two).
// Cost: reads W once; bound by arithmetic.
override WG_SIZE: u32 = 8u;
struct Params {
  f: u32, k: u32, group_shift: u32, norm: u32, epsilon: f32,
  activation: u32, gained: u32, outliers: u32, channels_at: u32, gain_at: u32,
}
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [2F, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [2F, K >> group_shift], or [2F]
@group(0) @binding(2) var<storage, read> q: array<vec4u>;            // [K/16] sixteen int8 each
@group(0) @binding(3) var<storage, read> act: array<vec2f>;          // [K/32] (scale, sum of squares)
@group(0) @binding(4) var<storage, read> beside: array<f32>;         // gain [F] if params.gained
@group(0) @binding(5) var<storage, read_write> q_out: array<u32>;    // [F/4] four int8 each
@group(0) @binding(6) var<storage, read_write> act_out: array<vec2f>; // [F/32] (scale, sum of squares)
@group(0) @binding(7) var<uniform> params: Params;

@compute @workgroup_size(WG_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let block = group.x * WG_SIZE + index;
  if (block >= params.f / 32u) {
    return;
  }
  let factor = norm_factor();
  var values = array<vec4f, 8>();
  var gains = array<vec4f, 8>();
  for (var i = 0u; i < 32u; i++) {
    let rows = block * 32u + vec2u(i, i + params.f);
    let scales = vec2f(row_factor(rows.x), row_factor(rows.y)) * factor;
    values[i / 4u][i % 4u] = gated(dot_both(rows) * scales);
    var weight = 1.0;
    if (params.gained != 0u) {
      weight = beside[rows.x];
    }
    gains[i / 4u][i % 4u] = weight;
  }
  quantize_alone(block, values, gains);
}
