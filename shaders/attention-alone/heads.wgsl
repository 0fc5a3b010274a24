// attention-alone/heads: one invocation per query head walks over all live keys, 64 of them at a time.
// out[C, H, Dh] = softmax_j(q . k_j) v_j over the live keys j
// Geometry: workgroup (WG_SIZE query heads, column C).
// Requires: nothing.  Overrides: WG_SIZE (1..256).  Dh % 4 == 0, Dh <= 256; q is already scaled
//   (and rotated for int4).
// Cost: every head reads the keys and values of its key head by itself, but nobody waits for anybody: no
//   barrier, no partial results. Bound by arithmetic; as parallel as there are heads.
const MAX_CELLS = 32u;
const FOURS = 16u; // of the keys of a block
override WG_SIZE: u32 = 4u;
struct Params {
  heads: u32, kv_heads: u32, head_dim: u32, capacity: u32,
  parallel: u32, // 1: column c is a sequence of its own in slab c, 0: the c-th next token
}
@group(0) @binding(0) var<storage, read> q: array<vec4f>;               // [C, H, Dh/4]
@group(0) @binding(1) var<storage, read> k_cache: array<KvWord>;        // blocks, see kv/layout.ts
@group(0) @binding(2) var<storage, read> v_cache: array<KvWord>;        // blocks, see kv/layout.ts
@group(0) @binding(3) var<storage, read> state: State;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;       // [C, H, Dh/4]
@group(0) @binding(5) var<uniform> params: Params;

// Scores of keys 4 f .. 4 f + 3 of a block; those beyond `count` are far below any other.
fn scores_of(row: u32, block: u32, f: u32, count: u32) -> vec4f {
  let words = params.head_dim / 4u;
  let t = vec4u(4u * f) + vec4u(0u, 1u, 2u, 3u);
  var score = vec4f(0.0);
  for (var w = 0u; w < words; w += 2u) {
    let low = q[row + w];
    let high = q[row + min(w + 1u, words - 1u)]; // the columns of a missing word are zero
    let k_0 = key_cell(block, t.x, w / 2u);
    let k_1 = key_cell(block, t.y, w / 2u);
    let k_2 = key_cell(block, t.z, w / 2u);
    let k_3 = key_cell(block, t.w, w / 2u);
    score += vec4f(dot(low, k_0.low), dot(low, k_1.low), dot(low, k_2.low), dot(low, k_3.low));
    score += vec4f(dot(high, k_0.high), dot(high, k_1.high), dot(high, k_2.high), dot(high, k_3.high));
  }
  score *= vec4f(key_scale(block, t.x), key_scale(block, t.y), key_scale(block, t.z), key_scale(block, t.w));
  return select(vec4f(-3e38), score, t < vec4u(count));
}

@compute @workgroup_size(WG_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let head = group.x * WG_SIZE + index;
  if (head >= params.heads) {
    return;
  }
  let is_parallel = params.parallel != 0u;
  let slab = select(0u, group.y * params.kv_heads, is_parallel);
  let slab_head = head / (params.heads / params.kv_heads) + slab;
  let live = min(state.position + 1u + select(group.y, 0u, is_parallel), params.capacity);
  let words = params.head_dim / 4u;
  let cells = min((words + 1u) / 2u, MAX_CELLS);
  let row = (group.y * params.heads + head) * words;
  var low: array<vec4f, MAX_CELLS>;
  var high: array<vec4f, MAX_CELLS>;
  var weights: array<vec4f, FOURS>;
  var largest = -3e38;
  var total = 0.0;
  for (var b = 0u; b * KV_BLOCK < live; b++) {
    let block = kv_block_start(slab_head, b);
    let count = min(live - b * KV_BLOCK, KV_BLOCK);
    let fours = (count + 3u) / 4u;
    var next = largest;
    for (var f = 0u; f < fours; f++) {
      let score = scores_of(row, block, f, count);
      weights[f] = score;
      next = max(next, max(max(score.x, score.y), max(score.z, score.w)));
    }
    let factor = exp_accurate(largest - next);
    largest = next;
    total *= factor;
    for (var f = 0u; f < fours; f++) {
      let score = weights[f] - vec4f(next);
      let e = vec4f(
        exp_accurate(score.x),
        exp_accurate(score.y),
        exp_accurate(score.z),
        exp_accurate(score.w),
      );
      total += dot(e, vec4f(1.0));
      let t = min(vec4u(4u * f) + vec4u(0u, 1u, 2u, 3u), vec4u(count - 1u));
      weights[f] = e * vec4f(
        value_scale(block, t.x),
        value_scale(block, t.y),
        value_scale(block, t.z),
        value_scale(block, t.w),
      );
    }
    for (var cell = 0u; cell < cells; cell++) {
      var sum_low = low[cell] * factor;
      var sum_high = high[cell] * factor;
      for (var f = 0u; f < fours; f++) {
        let e = weights[f];
        // Keys beyond the live ones weigh nothing; what is read in their place is the last live one.
        let t = min(vec4u(4u * f) + vec4u(0u, 1u, 2u, 3u), vec4u(count - 1u));
        let v_0 = value_cell(block, t.x, cell);
        let v_1 = value_cell(block, t.y, cell);
        let v_2 = value_cell(block, t.z, cell);
        let v_3 = value_cell(block, t.w, cell);
        sum_low += (e.x * v_0.low + e.y * v_1.low) + (e.z * v_2.low + e.w * v_3.low);
        sum_high += (e.x * v_0.high + e.y * v_1.high) + (e.z * v_2.high + e.w * v_3.high);
      }
      low[cell] = sum_low;
      high[cell] = sum_high;
    }
  }
  for (var cell = 0u; cell < cells; cell++) {
    out[row + 2u * cell] = low[cell] / total;
    if (2u * cell + 1u < words) {
      out[row + 2u * cell + 1u] = high[cell] / total;
    }
  }
}
