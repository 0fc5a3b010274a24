// attention-merge/naive: joins the splits of attention-decode into normalised heads.
// out[H, Dh] = sum_i w_i partial_i / sum_i w_i l_i,  w_i = exp(m_i - max m) over the live splits i
// Geometry: workgroup = head; 64 invocations take one output column each (striding) and need no barrier.
// Requires: nothing.  Overrides: KEYS_PER_SPLIT, as in attention-decode.
// Cost: reads the live partial sums once; bound by latency.
override KEYS_PER_SPLIT: u32 = 64u;
struct Params { heads: u32, head_dim: u32, splits_max: u32 }
@group(0) @binding(0) var<storage, read> partial: array<f32>;           // [H, splits_max, Dh]
@group(0) @binding(1) var<storage, read> partial_ml: array<vec2f>;      // [H, splits_max]
@group(0) @binding(2) var<storage, read> state: State;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;         // [H, Dh]
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let head = group.x;
  let splits = min((state.position + KEYS_PER_SPLIT) / KEYS_PER_SPLIT, params.splits_max);
  let base = head * params.splits_max;
  var largest = partial_ml[base].x;
  for (var i = 1u; i < splits; i++) {
    largest = max(largest, partial_ml[base + i].x);
  }
  for (var d = index; d < params.head_dim; d += 64u) {
    var sum = 0.0;
    var weight = 0.0;
    for (var i = 0u; i < splits; i++) {
      let ml = partial_ml[base + i];
      let w = exp_accurate(ml.x - largest);
      sum += w * partial[(base + i) * params.head_dim + d];
      weight += w * ml.y;
    }
    out[head * params.head_dim + d] = sum / weight;
  }
}
