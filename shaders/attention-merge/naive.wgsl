// attention-merge/naive: joins the splits of attention-decode into normalised heads.
// out[C, H, Dh] = R(sum_i w_i partial_i / sum_i w_i l_i),  w_i = exp(m_i - max m) over the live splits i;
//   R undoes the rotation of the values (params.rotated = 1) or does nothing
// Geometry: workgroup (head, column C); 64 invocations take a split each for its weight, then a word of four
//   columns, then a cell of eight.
// Requires: nothing.  Dh % 4 == 0, Dh <= 256; at most 64 splits.
// Cost: reads the live partial sums once; bound by latency.
struct Params { heads: u32, head_dim: u32, splits_max: u32, capacity: u32, rotated: u32, parallel: u32 }
@group(0) @binding(0) var<storage, read> partial: array<vec4f>;         // [C, H, splits_max, Dh/4]
@group(0) @binding(1) var<storage, read> partial_ml: array<vec2f>;      // [C, H, splits_max]
@group(0) @binding(2) var<storage, read> state: State;
@group(0) @binding(3) var<storage, read_write> out: array<vec4f>;       // [C, H, Dh/4]
@group(0) @binding(4) var<uniform> params: Params;

var<workgroup> weights: array<f32, 64>; // w_i

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let head = group.y * params.heads + group.x;
  let words = params.head_dim / 4u;
  let own = select(group.y, 0u, params.parallel != 0u);
  let live = min(state.position + 1u + own, params.capacity);
  let splits = min(live_splits((live + 63u) / 64u), params.splits_max);
  let base = head * params.splits_max;
  var largest = -3e38;
  for (var i = 0u; i < splits; i++) {
    largest = max(largest, partial_ml[base + i].x);
  }
  if (index < splits) {
    weights[index] = exp_accurate(partial_ml[base + index].x - largest);
  }
  workgroupBarrier(); // publishes the weights
  var sum = vec4f(0.0);
  if (index < words) {
    var weight = 0.0;
    for (var i = 0u; i < splits; i++) {
      sum += weights[i] * partial[(base + i) * words + index];
      weight += weights[i] * partial_ml[base + i].y;
    }
    sum /= weight;
  }
  if (params.rotated == 0u) {
    if (index < words) {
      out[head * words + index] = sum;
    }
    return;
  }
  head_row[index] = sum;
  workgroupBarrier(); // publishes the rotated head
  if (2u * index < words) {
    let columns = rotated_cell(index, params.head_dim);
    let at = head * words + 2u * index;
    out[at] = columns.low;
    if (2u * index + 1u < words) {
      out[at + 1u] = columns.high;
    }
  }
}
