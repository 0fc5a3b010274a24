// attention-prefill/staged: flash with keys and values unpacked once into workgroup memory, the next
//   ones on their way.
// out[T, H, Dh] = softmax_j(q_t . k_j) v_j over keys j <= position + t
// Geometry: workgroup (key head, 32 rows, 128 columns of Dh) of 128 invocations; the last rows first,
//   since they have the most keys. An invocation has 4 rows x 4 keys, then 4 rows x 2 words.
// Requires: nothing.  Dh % 4 == 0; q is already scaled (and rotated for int4).
// Cost: a code is unpacked once per 32 rows; 18 barriers per 64 keys of 128 columns; one exp per score.
struct Params { heads: u32, kv_heads: u32, head_dim: u32, capacity: u32, tokens: u32 }
@group(0) @binding(0) var<storage, read> q: array<vec4f>;               // [T, H, Dh/4]
@group(0) @binding(1) var<storage, read> k_cache: array<KvWord>;        // blocks, see kv/layout.ts
@group(0) @binding(2) var<storage, read> v_cache: array<KvWord>;        // blocks, see kv/layout.ts
@group(0) @binding(3) var<storage, read> state: State;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;       // [T, H, Dh/4]
@group(0) @binding(5) var<uniform> params: Params;

// Keys [8 words, 64 slots] or values [16 slots, 32 words]; between them maxima, at the end sums
// of weights.
var<workgroup> stage: array<vec4f, 512>;
// Softmax weights [32 rows, LANES], each of keys lane, lane + 16, lane + 32 and lane + 48.
var<workgroup> weights: array<vec4f, 512>;

// The place of a row's weights; the teams of a subgroup have different banks.
fn weight_at(row: u32, lane: u32) -> u32 {
  return row * LANES + (lane ^ (row & 4u));
}

fn dot4(a: vec4f, b: vec4f, sum: f32) -> f32 {
  return fma(a.x, b.x, fma(a.y, b.y, fma(a.z, b.z, fma(a.w, b.w, sum))));
}

fn add_row(query: vec4f, at: u32, sum: vec4f) -> vec4f {
  return vec4f(
    dot4(query, stage[at], sum.x),
    dot4(query, stage[at + 16u], sum.y),
    dot4(query, stage[at + 32u], sum.z),
    dot4(query, stage[at + 48u], sum.w),
  );
}

fn scores_of(place: Place, block: u32, index: u32) -> Rows {
  let words = params.head_dim / 4u;
  let lane = index % LANES;
  var s = no_rows();
  var cells = fetch_keys(block, index, 0u);
  for (var d0 = 0u; d0 < words; d0 += 8u) {
    let at = index / 64u * 128u + index % 64u;
    stage[at] = cells[0].low;
    stage[at + 64u] = cells[0].high;
    stage[at + 256u] = cells[1].low;
    stage[at + 320u] = cells[1].high;
    workgroupBarrier(); // publishes 8 words of 64 keys
    cells = fetch_keys(block, index, d0 + 8u);
    for (var d = 0u; d < 8u; d++) {
      let word = min(d0 + d, words - 1u); // the keys are zero beyond
      s.a = add_row(q[place.q_at.x + word], d * 64u + lane, s.a);
      s.b = add_row(q[place.q_at.y + word], d * 64u + lane, s.b);
      s.c = add_row(q[place.q_at.z + word], d * 64u + lane, s.c);
      s.d = add_row(q[place.q_at.w + word], d * 64u + lane, s.d);
    }
    workgroupBarrier(); // all have read; the stage may be overwritten
  }
  return s;
}

@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let lane = index % LANES;
  let team = index - lane; // the first invocation with the same rows
  let row = index / LANES * 4u; // this invocation's first row in the tile
  let tile = (groups.y - 1u - group.y) * 32u;
  let place = place_of(tile + row, group.x);
  let end = end_of(tile + 31u);
  let first_word = group.z * 32u;
  let needs_both = params.head_dim / 4u > first_word + 16u;
  var sum_0 = no_rows();
  var sum_1 = no_rows();
  var largest = MASKED;
  var weight = vec4f(0.0); // of this lane's keys
  for (var k0 = 0u; k0 < end; k0 += KV_BLOCK) {
    let block = kv_block_start(group.x, k0 / KV_BLOCK);
    // Slots at and beyond the end hold anything: no row sees them, and the last live one stands
    // in for them.
    let last = min(KV_BLOCK, end - k0) - 1u;
    let slots = vec4u(lane) + vec4u(0u, 16u, 32u, 48u);
    let live = min(slots, vec4u(last));
    let s = masked(scores_of(place, block, index), key_scales(block, live), k0 + slots, place.limit);
    var cells = fetch_values(block, index, 0u, last, first_word);
    stage[index] = largest_of(s);
    workgroupBarrier(); // publishes the maxima
    var next = largest;
    for (var i = 0u; i < LANES; i++) {
      next = max(next, stage[team + i]);
    }
    let factor = exp_four(largest - next);
    largest = next;
    let e = exp_rows(s, next);
    weight = fma(weight, factor, sums_of(e));
    let scale = value_scales(block, live);
    weights[weight_at(row, lane)] = e.a * scale;
    weights[weight_at(row + 1u, lane)] = e.b * scale;
    weights[weight_at(row + 2u, lane)] = e.c * scale;
    weights[weight_at(row + 3u, lane)] = e.d * scale;
    sum_0 = scaled(sum_0, factor);
    sum_1 = scaled(sum_1, factor);
    for (var c = 0u; c < 4u; c++) {
      workgroupBarrier(); // all have read; the stage may be overwritten
      let at = index / 16u * 32u + index % 16u * 2u;
      stage[at] = cells[0].low;
      stage[at + 1u] = cells[0].high;
      stage[at + 256u] = cells[1].low;
      stage[at + 257u] = cells[1].high;
      workgroupBarrier(); // publishes 16 values, and the weights
      cells = fetch_values(block, index, min(c + 1u, 3u), last, first_word);
      for (var i = 0u; i < 4u; i++) {
        let p = Rows(
          weights[weight_at(row, 4u * c + i)],
          weights[weight_at(row + 1u, 4u * c + i)],
          weights[weight_at(row + 2u, 4u * c + i)],
          weights[weight_at(row + 3u, 4u * c + i)],
        );
        let v = i * 128u + lane;
        sum_0 = add_values(sum_0, stage[v], stage[v + 32u], stage[v + 64u], stage[v + 96u], p);
        if (needs_both) {
          sum_1 = add_values(sum_1, stage[v + 16u], stage[v + 48u], stage[v + 80u], stage[v + 112u], p);
        }
      }
    }
    workgroupBarrier(); // all have read; the stage may be overwritten
  }
  stage[index] = weight;
  workgroupBarrier(); // publishes the sum of each lane's weights
  var total = vec4f(0.0);
  for (var i = 0u; i < LANES; i++) {
    total += stage[team + i];
  }
  store(place, tile + row, first_word + lane, scaled(sum_0, 1.0 / total));
  store(place, tile + row, first_word + lane + 16u, scaled(sum_1, 1.0 / total));
}
