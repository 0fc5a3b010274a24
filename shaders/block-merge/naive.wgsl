// block-merge/naive: joins the splits of block-attention, then the gain of the norm and quantisation of 32
// columns.
// y[H, Dh] = sum_i w_i partial_i / sum_i w_i l_i,  w_i = exp(m_i - max m) over the live splits i
// q_out[H * Dh] i8, act_out[H * Dh / 32] = y * gain in blocks of 32, with the sum of squares of y
// Geometry: workgroup = 32 columns of one head; 8 invocations per column share the splits.
// Requires: nothing.  Dh % 32 == 0.
// Cost: reads the live partial sums once; bound by latency.
const KEYS_PER_SPLIT = 64u;
struct Params { heads: u32, head_dim: u32, splits_max: u32, gained: u32 }
// [H, splits_max, Dh + 4]: sums, m, l, live splits, 0
@group(0) @binding(0) var<storage, read> partial: array<f32>;
@group(0) @binding(1) var<storage, read> state: State;
@group(0) @binding(2) var<storage, read> gain: array<f32>;              // [H * Dh] if params.gained
@group(0) @binding(3) var<storage, read_write> q_out: array<u32>;       // [H * Dh / 4] four int8 each
// [H * Dh / 32] (scale, sum of squares)
@group(0) @binding(4) var<storage, read_write> act_out: array<vec2f>;
@group(0) @binding(5) var<uniform> params: Params;

var<workgroup> shares: array<vec3f, 256>; // (m, l, sum) of each share of the splits

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let column = group.x * 32u + index % 32u;
  let head = column / params.head_dim;
  let stride = params.head_dim + 4u;
  let base = head * params.splits_max;
  let splits = min((state.position + KEYS_PER_SPLIT) / KEYS_PER_SPLIT, params.splits_max);
  var weight = 1.0;
  if (params.gained != 0u) {
    weight = gain[column];
  }
  var share = vec3f(-3e38, 0.0, 0.0);
  for (var i = index / 32u; i < splits; i += 8u) {
    let at = (base + i) * stride;
    let next = vec3f(partial[at + params.head_dim], partial[at + params.head_dim + 1u],
      partial[at + column % params.head_dim]);
    share = join_sums(share, next);
  }
  shares[index] = share;
  workgroupBarrier(); // publishes the shares
  if (index < 32u) {
    for (var i = 1u; i < 8u; i++) {
      share = join_sums(share, shares[i * 32u + index]);
    }
  }
  quantize_block(index, group.x, share.z / max(share.y, 1e-30), weight);
}
