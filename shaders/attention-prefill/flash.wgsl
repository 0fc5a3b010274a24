// attention-prefill/flash: causal attention, the query heads of a group in one tile, keys and values
//   straight from the cache (FlashAttention, 2205.14135).
// out[T, H, Dh] = softmax_j(q_t . k_j) v_j over keys j <= position + t
// Geometry: workgroup (key head, WG_SIZE / 4 rows, 128 columns of Dh); the last rows first, since they
//   have the most keys. An invocation has 4 rows x 4 keys, then 4 rows x 2 words.
// Requires: nothing.  Dh % 4 == 0; q is already scaled (and rotated for int4).
// Cost: 16 words of keys and queries feed 128 products; two barriers per 64 keys; one exp per score.
override WG_SIZE: u32 = 128u;
struct Params { heads: u32, kv_heads: u32, head_dim: u32, capacity: u32, tokens: u32 }
@group(0) @binding(0) var<storage, read> q: array<vec4f>;               // [T, H, Dh/4]
@group(0) @binding(1) var<storage, read> k_cache: array<KvWord>;        // blocks, see kv/layout.ts
@group(0) @binding(2) var<storage, read> v_cache: array<KvWord>;        // blocks, see kv/layout.ts
@group(0) @binding(3) var<storage, read> state: State;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;       // [T, H, Dh/4]
@group(0) @binding(5) var<uniform> params: Params;

const PITCH = 17u; // one more than LANES, so that the rows of a subgroup lie in different banks
// Softmax weights [32 rows, PITCH], each of keys lane, lane + 16, lane + 32 and lane + 48.
var<workgroup> weights: array<vec4f, 544>;
var<workgroup> exchange: array<vec4f, 128>; // [8 times 4 rows, LANES]: maxima, at the end sums of weights

struct Keys { a: Columns, b: Columns, c: Columns, d: Columns }

// Adds the products of eight columns of one row with four keys. A missing high word of the keys is zero.
fn add_row(at: u32, high_step: u32, keys: Keys, sum: vec4f) -> vec4f {
  let low = q[at];
  let high = q[at + high_step];
  return vec4f(
    dot8(low, high, keys.a, sum.x),
    dot8(low, high, keys.b, sum.y),
    dot8(low, high, keys.c, sum.z),
    dot8(low, high, keys.d, sum.w),
  );
}

fn scores_of(place: Place, block: u32, slots: vec4u) -> Rows {
  let words = params.head_dim / 4u;
  var s = no_rows();
  for (var d = 0u; d < words; d += 2u) {
    let keys = Keys(
      key_cell(block, slots.x, d / 2u),
      key_cell(block, slots.y, d / 2u),
      key_cell(block, slots.z, d / 2u),
      key_cell(block, slots.w, d / 2u),
    );
    let high = min(1u, words - 1u - d);
    s.a = add_row(place.q_at.x + d, high, keys, s.a);
    s.b = add_row(place.q_at.y + d, high, keys, s.b);
    s.c = add_row(place.q_at.z + d, high, keys, s.c);
    s.d = add_row(place.q_at.w + d, high, keys, s.d);
  }
  return s;
}

fn weights_of(row: u32, i: u32) -> Rows {
  let at = row * PITCH + i;
  return Rows(weights[at], weights[at + PITCH], weights[at + 2u * PITCH], weights[at + 3u * PITCH]);
}

@compute @workgroup_size(WG_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let lane = index % LANES;
  let team = index - lane; // the first invocation with the same rows
  let row = index / LANES * 4u; // this invocation's first row in the tile
  let tile = (groups.y - 1u - group.y) * (WG_SIZE / 4u);
  let place = place_of(tile + row, group.x);
  let end = end_of(tile + WG_SIZE / 4u - 1u);
  let words = lane_words(group.z * 32u, lane);
  let needs_both = lane_needs_both(group.z * 32u);
  let slots = vec4u(lane) + vec4u(0u, 16u, 32u, 48u);
  var sum_0 = no_rows();
  var sum_1 = no_rows();
  var largest = MASKED;
  var weight = vec4f(0.0); // of this lane's keys
  for (var k0 = 0u; k0 < end; k0 += KV_BLOCK) {
    let block = kv_block_start(group.x, k0 / KV_BLOCK);
    // Slots at and beyond the end hold anything: no row sees them, and the last live one stands
    // in for them.
    let last = vec4u(min(KV_BLOCK, end - k0) - 1u);
    let live = min(slots, last);
    let s = masked(scores_of(place, block, slots), key_scales(block, live), k0 + slots, place.limit);
    exchange[index] = largest_of(s);
    workgroupBarrier(); // publishes the maxima; all have read the weights of the block before
    var next = largest;
    for (var i = 0u; i < LANES; i++) {
      next = max(next, exchange[team + i]);
    }
    let factor = exp_four(largest - next);
    largest = next;
    let e = exp_rows(s, next);
    weight = fma(weight, factor, sums_of(e));
    let scale = value_scales(block, live);
    weights[row * PITCH + lane] = e.a * scale;
    weights[(row + 1u) * PITCH + lane] = e.b * scale;
    weights[(row + 2u) * PITCH + lane] = e.c * scale;
    weights[(row + 3u) * PITCH + lane] = e.d * scale;
    workgroupBarrier(); // publishes the weights; all have read the maxima
    sum_0 = scaled(sum_0, factor);
    sum_1 = scaled(sum_1, factor);
    for (var i = 0u; i < LANES; i++) {
      let p = weights_of(row, i);
      let slot = min(vec4u(i) + vec4u(0u, 16u, 32u, 48u), last);
      if (needs_both) {
        let a = lane_values(block, slot.x, words);
        let b = lane_values(block, slot.y, words);
        let c = lane_values(block, slot.z, words);
        let d = lane_values(block, slot.w, words);
        sum_0 = add_values(sum_0, a.low, b.low, c.low, d.low, p);
        sum_1 = add_values(sum_1, a.high, b.high, c.high, d.high, p);
      } else {
        let a = lane_value(block, slot.x, words);
        let b = lane_value(block, slot.y, words);
        let c = lane_value(block, slot.z, words);
        let d = lane_value(block, slot.w, words);
        sum_0 = add_values(sum_0, a, b, c, d, p);
      }
    }
  }
  workgroupBarrier(); // all have read the maxima
  exchange[index] = weight;
  workgroupBarrier(); // publishes the sum of each lane's weights
  var total = vec4f(0.0);
  for (var i = 0u; i < LANES; i++) {
    total += exchange[team + i];
  }
  store(place, tile + row, words.x, scaled(sum_0, 1.0 / total));
  store(place, tile + row, words.y, scaled(sum_1, 1.0 / total));
}
