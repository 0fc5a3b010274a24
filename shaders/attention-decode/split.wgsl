// attention-decode/split: one query position against its share of the live keys, all query heads of a key
//   head together (up to HEADS), softmax relative to the maximum so far.
// partial[H, split, Dh] = sum_j exp(s_j - m) v_j;  partial_ml[H, split] = (m, sum_j exp(s_j - m));
//   s_j = q . k_j, max m
// Geometry: workgroup (key head and group of query heads, split of one or more blocks of 64 keys, column C);
//   64 invocations take one key each, then one (part of the keys, cell of 8 value columns) each.
// Requires: nothing, or subgroups, by the part that has shared_max.  Overrides: HEADS (1..4), query heads
//   of a workgroup.  Dh % 4 == 0, Dh <= 256; q is already scaled (and rotated for int4).
// Cost: reads K and V of the live keys once per group of query heads, two barriers per 64 keys.
override HEADS: u32 = 1u;
struct Params {
  heads: u32, kv_heads: u32, head_dim: u32, capacity: u32, splits_max: u32,
  parallel: u32, // 1: column c is a sequence of its own in slab c, 0: the c-th next token
}
@group(0) @binding(0) var<storage, read> q: array<vec4f>;               // [C, H, Dh/4]
@group(0) @binding(1) var<storage, read> k_cache: array<KvWord>;        // blocks, see kv/layout.ts
@group(0) @binding(2) var<storage, read> v_cache: array<KvWord>;        // blocks, see kv/layout.ts
@group(0) @binding(3) var<storage, read> state: State;
@group(0) @binding(4) var<storage, read_write> partial: array<vec4f>;   // [C, H, splits_max, Dh/4]
@group(0) @binding(5) var<storage, read_write> partial_ml: array<vec2f>; // [C, H, splits_max]
@group(0) @binding(6) var<uniform> params: Params;

var<workgroup> weights: array<vec4f, 64>; // of each key, per head
var<workgroup> sums: array<vec4f, 512>; // [64 invocations, 4 heads, 2 words]

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let ratio = params.heads / params.kv_heads;
  let groups = (ratio + HEADS - 1u) / HEADS;
  let kv_head = group.x / groups;
  let first_head = kv_head * ratio + group.x % groups * HEADS;
  let last_head = min(first_head + HEADS, kv_head * ratio + ratio) - 1u;
  let is_parallel = params.parallel != 0u;
  let column_head = group.z * params.heads; // heads of the columns before
  let rows = query_rows(column_head + first_head, column_head + last_head);
  let live = min(state.position + 1u + select(group.z, 0u, is_parallel), params.capacity);
  let live_blocks = (live + KV_BLOCK - 1u) / KV_BLOCK;
  let per_split = blocks_per_split(live_blocks);
  let end = min((group.y + 1u) * per_split, live_blocks);
  let slab_head = kv_head + select(0u, group.z * params.kv_heads, is_parallel);
  // Values: `width` invocations side by side take the cells of a key, 64 / width keys at a time.
  let words = params.head_dim / 4u;
  let cells = (words + 1u) / 2u;
  let width = select(select(select(32u, 16u, cells <= 16u), 8u, cells <= 8u), 4u, cells <= 4u);
  let cell = index % width;
  var low: array<vec4f, 4>;
  var high: array<vec4f, 4>;
  var largest = vec4f(-3e38);
  var weight = vec4f(0.0); // of this invocation's keys
  for (var b = group.y * per_split; b < end; b++) {
    let count = min(live - b * KV_BLOCK, KV_BLOCK);
    let block = kv_block_start(slab_head, b);
    var score = vec4f(-3e38);
    if (index < count) {
      score = scores_of(rows, block, index);
    }
    let next = max(largest, shared_max(index, score)); // has the first barrier
    let factor = exp_heads(largest - next);
    largest = next;
    var e = vec4f(0.0);
    if (index < count) {
      e = exp_heads(score - next);
      weights[index] = e * value_scale(block, index);
    }
    weight = weight * factor + e;
    low[0] *= factor.x;
    high[0] *= factor.x;
    if (HEADS > 1u) {
      low[1] *= factor.y;
      high[1] *= factor.y;
    }
    if (HEADS > 2u) {
      low[2] *= factor.z;
      high[2] *= factor.z;
    }
    if (HEADS > 3u) {
      low[3] *= factor.w;
      high[3] *= factor.w;
    }
    workgroupBarrier(); // publishes the softmax weights
    if (cell < cells) {
      for (var j = index / width; j < count; j += 64u / width) {
        let value = value_cell(block, j, cell);
        let w = weights[j];
        low[0] += w.x * value.low;
        high[0] += w.x * value.high;
        if (HEADS > 1u) {
          low[1] += w.y * value.low;
          high[1] += w.y * value.high;
        }
        if (HEADS > 2u) {
          low[2] += w.z * value.low;
          high[2] += w.z * value.high;
        }
        if (HEADS > 3u) {
          low[3] += w.w * value.low;
          high[3] += w.w * value.high;
        }
      }
    }
  }
  for (var h = 0u; h < HEADS; h++) {
    sums[index * 8u + 2u * h] = low[h];
    sums[index * 8u + 2u * h + 1u] = high[h];
  }
  workgroupBarrier(); // publishes the sums; all have read the weights
  weights[index] = weight;
  workgroupBarrier(); // publishes the sums of weights
  if (group.y * per_split >= end) {
    return;
  }
  let heads = last_head + 1u - first_head;
  for (var item = index; item < heads * words; item += 64u) {
    let h = item / words;
    let w = item % words;
    var sum = vec4f(0.0);
    for (var at = w / 2u; at < 64u; at += width) {
      sum += sums[at * 8u + 2u * h + w % 2u];
    }
    partial[((column_head + first_head + h) * params.splits_max + group.y) * words + w] = sum;
  }
  if (index < heads) {
    var total = 0.0;
    for (var j = 0u; j < 64u; j++) {
      total += weights[j][index];
    }
    let at = (column_head + first_head + index) * params.splits_max + group.y;
    partial_ml[at] = vec2f(largest[index], total);
  }
}
