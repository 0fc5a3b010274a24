// attention-prefill/rows: what one of 16 invocations holds of four rows in the staged variant.
// A row is one token and one query head of a group that shares its keys; four keys of it are a vec4f.
const LANES = 16u;
const MASKED = vec4f(-3e38);

// Something of four rows: scores with four keys, or a word of the output.
struct Rows { a: vec4f, b: vec4f, c: vec4f, d: vec4f }

// Where the queries of four rows begin, and the last position that each sees.
struct Place { q_at: vec4u, limit: vec4u }

fn place_of(first: u32, kv_head: u32) -> Place {
  let shared_by = params.heads / params.kv_heads;
  let rows = min(vec4u(first) + vec4u(0u, 1u, 2u, 3u), vec4u(params.tokens * shared_by - 1u));
  let tokens = rows / shared_by;
  let q_rows = tokens * params.heads + kv_head * shared_by + rows % shared_by;
  return Place(q_rows * (params.head_dim / 4u), tokens + state.position);
}

// Keys that some row of the tile sees.
fn end_of(last_row: u32) -> u32 {
  let shared_by = params.heads / params.kv_heads;
  let row = min(last_row, params.tokens * shared_by - 1u);
  return min(state.position + row / shared_by + 1u, params.capacity);
}

fn no_rows() -> Rows {
  return Rows(vec4f(0.0), vec4f(0.0), vec4f(0.0), vec4f(0.0));
}

fn dot8(low: vec4f, high: vec4f, key: Columns, sum: f32) -> f32 {
  let s = fma(low.x, key.low.x, fma(low.y, key.low.y, fma(low.z, key.low.z, fma(low.w, key.low.w, sum))));
  let h = fma(high.z, key.high.z, fma(high.w, key.high.w, s));
  return fma(high.x, key.high.x, fma(high.y, key.high.y, h));
}

fn masked(scores: Rows, scale: vec4f, keys: vec4u, limit: vec4u) -> Rows {
  return Rows(
    select(MASKED, scores.a * scale, keys <= vec4u(limit.x)),
    select(MASKED, scores.b * scale, keys <= vec4u(limit.y)),
    select(MASKED, scores.c * scale, keys <= vec4u(limit.z)),
    select(MASKED, scores.d * scale, keys <= vec4u(limit.w)),
  );
}

fn largest_of(scores: Rows) -> vec4f {
  let a = max(scores.a.xy, scores.a.zw);
  let b = max(scores.b.xy, scores.b.zw);
  let c = max(scores.c.xy, scores.c.zw);
  let d = max(scores.d.xy, scores.d.zw);
  return vec4f(max(a.x, a.y), max(b.x, b.y), max(c.x, c.y), max(d.x, d.y));
}

fn sums_of(rows: Rows) -> vec4f {
  let one = vec4f(1.0);
  return vec4f(dot(rows.a, one), dot(rows.b, one), dot(rows.c, one), dot(rows.d, one));
}

fn exp_four(x: vec4f) -> vec4f {
  return vec4f(exp_accurate(x.x), exp_accurate(x.y), exp_accurate(x.z), exp_accurate(x.w));
}

fn exp_rows(scores: Rows, largest: vec4f) -> Rows {
  return Rows(
    exp_four(scores.a - largest.x),
    exp_four(scores.b - largest.y),
    exp_four(scores.c - largest.z),
    exp_four(scores.d - largest.w),
  );
}

fn scaled(rows: Rows, factor: vec4f) -> Rows {
  return Rows(rows.a * factor.x, rows.b * factor.y, rows.c * factor.z, rows.d * factor.w);
}

// Adds a word of one value, with its weight in each row.
fn add_value(sum: Rows, value: vec4f, a: f32, b: f32, c: f32, d: f32) -> Rows {
  return Rows(
    fma(vec4f(a), value, sum.a),
    fma(vec4f(b), value, sum.b),
    fma(vec4f(c), value, sum.c),
    fma(vec4f(d), value, sum.d),
  );
}

// The same for four values.
fn add_values(sum: Rows, v_0: vec4f, v_1: vec4f, v_2: vec4f, v_3: vec4f, p: Rows) -> Rows {
  let two = add_value(add_value(sum, v_0, p.a.x, p.b.x, p.c.x, p.d.x), v_1, p.a.y, p.b.y, p.c.y, p.d.y);
  return add_value(add_value(two, v_2, p.a.z, p.b.z, p.c.z, p.d.z), v_3, p.a.w, p.b.w, p.c.w, p.d.w);
}

// Scales of the keys (or values) of four slots of a block.
fn key_scales(block: u32, slots: vec4u) -> vec4f {
  return vec4f(
    key_scale(block, slots.x),
    key_scale(block, slots.y),
    key_scale(block, slots.z),
    key_scale(block, slots.w),
  );
}

fn value_scales(block: u32, slots: vec4u) -> vec4f {
  return vec4f(
    value_scale(block, slots.x),
    value_scale(block, slots.y),
    value_scale(block, slots.z),
    value_scale(block, slots.w),
  );
}

// Writes a word of four rows; rows beyond the end, which repeat the last one, are left out.
fn store(place: Place, first: u32, word: u32, rows: Rows) {
  let count = params.tokens * (params.heads / params.kv_heads);
  if (word >= params.head_dim / 4u || first >= count) {
    return;
  }
  out[place.q_at.x + word] = rows.a;
  if (first + 1u < count) {
    out[place.q_at.y + word] = rows.b;
  }
  if (first + 2u < count) {
    out[place.q_at.z + word] = rows.c;
  }
  if (first + 3u < count) {
    out[place.q_at.w + word] = rows.d;
  }
}
