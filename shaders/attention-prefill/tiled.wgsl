// attention-prefill/tiled: causal attention with 32 x 32 tiles of scores in workgroup memory
//   (FlashAttention, 2205.14135).
// out[T, H, Dh] = softmax_j(q_t . k_j) v_j over keys j <= position + t
// Geometry: workgroup (32 queries, head, 128 columns of Dh);
//   128 invocations hold 4 queries x 2 keys, then 4 x 2 words.
// Requires: nothing.  Dh % 4 == 0; q is already scaled (and rotated for int4).
// Cost: reads K and V once per 32 queries; bound by workgroup memory and arithmetic.
struct Params { heads: u32, kv_heads: u32, head_dim: u32, capacity: u32, tokens: u32 }
@group(0) @binding(0) var<storage, read> q: array<vec4f>;               // [T, H, Dh/4]
@group(0) @binding(1) var<storage, read> k_cache: array<KvWord>;        // blocks, see kv/layout.ts
@group(0) @binding(2) var<storage, read> v_cache: array<KvWord>;        // blocks, see kv/layout.ts
@group(0) @binding(3) var<storage, read> state: State;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;       // [T, H, Dh/4]
@group(0) @binding(5) var<uniform> params: Params;

const PITCH = 33u; // one more than the tile, so that a column of scores spreads over the memory banks
// Queries [8 words, 32], then keys [8 words, 32]; later values [16 keys, 32 words].
var<workgroup> tile: array<vec4f, 512>;
var<workgroup> scores: array<f32, 1056>; // [32 queries, PITCH]
var<workgroup> row_part: array<f32, 128>; // [32 queries, 4]
var<workgroup> row_factor: array<f32, 32>;

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let first = group.x * 32u;
  let head = group.y;
  let words = params.head_dim / 4u;
  let word = group.z * 32u + index % 16u;
  let is_wide = words > group.z * 32u + 16u;
  let kv_head = head / (params.heads / params.kv_heads);
  let end = min(state.position + min(params.tokens, first + 32u), params.capacity);
  let rows = index / 16u * 4u; // this invocation's 4 queries in the products
  let row = index / 4u; // and its query in the softmax, shared by 4 invocations
  var sum: array<vec4f, 8>; // [4 queries, 2 words]
  var largest = -3e38;
  var weight = 0.0;
  for (var k0 = 0u; k0 < end; k0 += 32u) {
    let block = kv_block_start(kv_head, k0 / KV_BLOCK);
    let token = k0 % KV_BLOCK; // of the tile's first key in the block
    var score = array<f32, 8>(); // [4 queries, 2 keys]
    for (var d0 = 0u; d0 < words; d0 += 8u) {
      for (var i = index; i < 256u; i += 128u) {
        let d = d0 + i % 8u;
        let query = first + i / 8u;
        var q_word = vec4f(0.0);
        if (d < words && query < params.tokens) {
          q_word = q[(query * params.heads + head) * words + d];
        }
        tile[i % 8u * 32u + i / 8u] = q_word;
      }
      // Keys: an invocation takes one cell, two words.
      let k_word = 2u * (index / 32u);
      var key = Columns(vec4f(0.0), vec4f(0.0));
      if (d0 + k_word < words && k0 + index % 32u < end) {
        key = key_cell(block, token + index % 32u, (d0 + k_word) / 2u);
      }
      tile[256u + k_word * 32u + index % 32u] = key.low;
      tile[256u + k_word * 32u + 32u + index % 32u] = key.high;
      workgroupBarrier(); // publishes 8 words of 32 queries and 32 keys
      for (var d = 0u; d < 8u; d++) {
        let key_0 = tile[256u + d * 32u + index % 16u];
        let key_1 = tile[256u + d * 32u + index % 16u + 16u];
        for (var r = 0u; r < 4u; r++) {
          let query = tile[d * 32u + rows + r];
          score[2u * r] += dot(query, key_0);
          score[2u * r + 1u] += dot(query, key_1);
        }
      }
      workgroupBarrier(); // the tile may be overwritten
    }
    let key = index % 16u;
    let scale = vec2f(key_scale(block, token + key), key_scale(block, token + key + 16u));
    for (var r = 0u; r < 4u; r++) {
      let limit = state.position + first + rows + r;
      scores[(rows + r) * PITCH + key] = select(-3e38, score[2u * r] * scale.x, k0 + key <= limit);
      scores[(rows + r) * PITCH + key + 16u] =
        select(-3e38, score[2u * r + 1u] * scale.y, k0 + key + 16u <= limit);
    }
    workgroupBarrier(); // publishes the masked scores
    var part = largest;
    for (var i = index % 4u; i < 32u; i += 4u) {
      part = max(part, scores[row * PITCH + i]);
    }
    row_part[index] = part;
    workgroupBarrier(); // publishes the maximum of each quarter of a row
    let at = row * 4u;
    let next = max(max(row_part[at], row_part[at + 1u]), max(row_part[at + 2u], row_part[at + 3u]));
    let factor = exp_accurate(largest - next);
    largest = next;
    weight *= factor;
    for (var i = index % 4u; i < 32u; i += 4u) {
      let e = exp_accurate(scores[row * PITCH + i] - next);
      weight += e;
      scores[row * PITCH + i] = e;
    }
    if (index % 4u == 0u) {
      row_factor[row] = factor;
    }
    workgroupBarrier(); // publishes softmax weights and the factor of each row
    for (var r = 0u; r < 4u; r++) {
      sum[2u * r] *= row_factor[rows + r];
      sum[2u * r + 1u] *= row_factor[rows + r];
    }
    for (var j0 = 0u; j0 < 32u; j0 += 16u) {
      for (var i = index; i < 256u; i += 128u) {
        let j = j0 + i / 16u;
        let d = group.z * 32u + i % 16u * 2u;
        var value = Columns(vec4f(0.0), vec4f(0.0));
        if (k0 + j < end && d < words) {
          let scale = value_scale(block, token + j);
          value = value_cell(block, token + j, d / 2u);
          value = Columns(value.low * scale, value.high * scale);
        }
        tile[2u * i] = value.low;
        tile[2u * i + 1u] = value.high;
      }
      workgroupBarrier(); // publishes 16 values
      for (var j = 0u; j < 16u; j++) {
        let value_0 = tile[j * 32u + index % 16u];
        for (var r = 0u; r < 4u; r++) {
          sum[2u * r] += scores[(rows + r) * PITCH + j0 + j] * value_0;
        }
        if (is_wide) {
          let value_1 = tile[j * 32u + index % 16u + 16u];
          for (var r = 0u; r < 4u; r++) {
            sum[2u * r + 1u] += scores[(rows + r) * PITCH + j0 + j] * value_1;
          }
        }
      }
      workgroupBarrier(); // the tile may be overwritten
    }
  }
  row_part[index] = weight;
  workgroupBarrier(); // publishes the sum of weights of each quarter of a row
  for (var r = 0u; r < 4u; r++) {
    let at = (rows + r) * 4u;
    let total = row_part[at] + row_part[at + 1u] + row_part[at + 2u] + row_part[at + 3u];
    let target_row = ((first + rows + r) * params.heads + head) * words;
    if (first + rows + r < params.tokens && word < words) {
      out[target_row + word] = sum[2u * r] / total;
      if (word + 16u < words && is_wide) {
        out[target_row + word + 16u] = sum[2u * r + 1u] / total;
      }
    }
  }
}
