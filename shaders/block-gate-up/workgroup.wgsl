// block-gate-up/workgroup: 32 gate rows and their up rows by teams of invocations, then the gate, gain and
// quantisation.
// h[F] = act(G) * U;  G, U = r * row_scale * sum over blocks b of act[b].x * (W[row, b] . q[b]), rows
// 0..F-1 and F..2F-1
// act 0: max(G, 0)^2,  act 1: G / (1 + exp(-G));  q_out[F] i8, act_out[F / 32] = h * gain, see
// block/quantize
// With block/outliers: G and U have outlier channels in int8 too.
// Layout: of W by the part joined (span_bytes).  K a multiple of a cell and of 64, F of 32.
// Geometry: LANES invocations share a gate row and its up row; workgroups of 32 LANES own 32 outputs each.
// Requires: what the dot16 joined requires.  Overrides: LANES (1..8, power of two), WG_SIZE = 32 LANES.
// Cost: reads W once, eight 16-byte loads in flight per invocation; bound by memory, small ones by latency.
override WG_SIZE: u32 = 256u;
override LANES: u32 = 8u;
struct Params {
  f: u32, k: u32, group_shift: u32, norm: u32, epsilon: f32,
  activation: u32, gained: u32, outliers: u32, channels_at: u32, gain_at: u32,
}
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [2F, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [2F, K >> group_shift], or [2F]
@group(0) @binding(2) var<storage, read> q: array<vec4u>;            // [K/16] sixteen int8 each
@group(0) @binding(3) var<storage, read> act: array<vec2f>;          // [K/32] (scale, sum of squares)
@group(0) @binding(4) var<storage, read> beside: array<vec4u>;       // table of outliers, then gain [F]
@group(0) @binding(5) var<storage, read_write> q_out: array<u32>;    // [F/4] four int8 each
@group(0) @binding(6) var<storage, read_write> act_out: array<vec2f>; // [F/32] (scale, sum of squares)
@group(0) @binding(7) var<uniform> params: Params;

var<workgroup> partial: array<vec2f, 256>;

@compute @workgroup_size(WG_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let first = group.x * 32u;
  let pair = index / LANES;
  let member = index % LANES;
  let row = first + index % 32u;
  let factors = vec2f(late_factor(row), late_factor(row + params.f));
  var weight = 1.0;
  if (params.gained != 0u) {
    weight = bitcast<f32>(beside[params.gain_at + row / 4u][row % 4u]);
  }
  gather_squares(index);
  let rows = first + vec2u(pair, pair + params.f);
  partial[member * 32u + pair] = dot_matrix(rows, member, LANES, index, WG_SIZE);
  workgroupBarrier(); // publishes the sums of all members
  var h = 0.0;
  if (index < 32u) {
    var sum = vec2f(0.0);
    for (var i = 0u; i < LANES; i++) {
      sum += partial[i * 32u + index];
    }
    h = gated(sum * factors * norm_factor());
  }
  quantize_block(index, group.x, h, weight);
}
