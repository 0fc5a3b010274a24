// block-merge/lanes: 32 columns of a head per invocation, without barriers: for adapters that compute on
// the CPU.
// y[H, Dh] = sum_i w_i partial_i / sum_i w_i l_i,  w_i = exp(m_i - max m) over the live splits i
// q_out[H * Dh] i8, act_out[H * Dh / 32] = y * gain in blocks of 32, with the sum of squares of y
// Geometry: workgroups of 8 blocks.
// Requires: nothing.  Dh % 32 == 0.
// Cost: reads the live partial sums once.
const KEYS_PER_SPLIT = 64u;
struct Params { heads: u32, head_dim: u32, splits_max: u32, gained: u32 }
// [H, splits_max, Dh/4 + 1]: sums, (m, l, 0, 0)
@group(0) @binding(0) var<storage, read> partial: array<vec4f>;
@group(0) @binding(1) var<storage, read> state: State;
@group(0) @binding(2) var<storage, read> gain: array<vec4f>;            // [H * Dh / 4] if params.gained
@group(0) @binding(3) var<storage, read_write> q_out: array<u32>;       // [H * Dh / 4] four int8 each
// [H * Dh / 32] (scale, sum of squares)
@group(0) @binding(4) var<storage, read_write> act_out: array<vec2f>;
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let block = group.x * 8u + index;
  let words = params.head_dim / 4u;
  if (block >= params.heads * words / 8u) {
    return;
  }
  let head = block * 8u / words;
  let word = block * 8u % words;
  let splits = min((state.position + KEYS_PER_SPLIT) / KEYS_PER_SPLIT, params.splits_max);
  let first = head * params.splits_max * (words + 1u);
  var largest = -3e38;
  for (var i = 0u; i < splits; i++) {
    largest = max(largest, partial[first + i * (words + 1u) + words].x);
  }
  var total = 0.0;
  var sums = array<vec4f, 8>();
  for (var i = 0u; i < splits; i++) {
    let at = first + i * (words + 1u);
    let weight = exp_accurate(partial[at + words].x - largest);
    total += weight * partial[at + words].y;
    for (var c = 0u; c < 8u; c++) {
      sums[c] += weight * partial[at + word + c];
    }
  }
  var gains = array<vec4f, 8>();
  for (var c = 0u; c < 8u; c++) {
    sums[c] /= max(total, 1e-30);
    gains[c] = vec4f(1.0);
    if (params.gained != 0u) {
      gains[c] = gain[block * 8u + c];
    }
  }
  quantize_alone(block, sums, gains);
}
