// matmul-int8/tiled: 64 rows by 32 tokens per workgroup, operands and scales staged in workgroup memory.
// out[t * stride + first_row + m] f32 (+)= sum over K of (scale[M, K / group] * W[M, K] +
//   minimum[M, K / group])
//   * q_scale[T, K / block] * q[T, K]
// Layout: of W by the part joined (span_bytes).  K a multiple of a cell and of 64, group and
// block % 16 == 0.
// Geometry: x = 64 rows, y = 32 tokens; 128 invocations, each 4 by 4; K in steps of 64 columns.
// Requires: packed-dot.
// Cost: a code is unpacked once per 32 tokens; 8 reads of workgroup memory feed 16 dot products of 16,
//   while the operands of the next step are on their way.
// An i32 s with |s| < 2^22 is the float with the bits BASE + s, less 12582912.0: cheaper than a
// conversion. The largest sum is that of 64 products of magnitudes up to 128.
const BASE = 0x4B400000;
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M, K / group]
@group(0) @binding(2) var<storage, read> row_min: array<f32>;        // [M, K / group] if params.minima
@group(0) @binding(3) var<storage, read> q: array<vec4u>;            // [T, K/16] sixteen int8 each
@group(0) @binding(4) var<storage, read> q_scale: array<f32>;        // [T, K / block]
@group(0) @binding(5) var<storage, read_write> out: array<f32>;      // [T, stride]
@group(0) @binding(6) var<uniform> params: Params;

struct Operands { row_0: vec4u, row_1: vec4u, row_2: vec4u, row_3: vec4u }

struct Sums { token_0: vec4i, token_1: vec4i, token_2: vec4i, token_3: vec4i }

struct Outputs { token_0: vec4f, token_1: vec4f, token_2: vec4f, token_3: vec4f }

// Chained, so that each product adds onto the sum before it in one instruction.
fn dot16_onto(a: vec4u, b: vec4u, sum: i32) -> i32 {
  return dot4I8Packed(a.w, b.w)
    + (dot4I8Packed(a.z, b.z) + (dot4I8Packed(a.y, b.y) + (dot4I8Packed(a.x, b.x) + sum)));
}

// Sums of four rows with one token.
fn dot_rows(a: Operands, v: vec4u, sum: vec4i) -> vec4i {
  return vec4i(
    dot16_onto(a.row_0, v, sum.x),
    dot16_onto(a.row_1, v, sum.y),
    dot16_onto(a.row_2, v, sum.z),
    dot16_onto(a.row_3, v, sum.w),
  );
}

// Quarter k of the step. Called with four literals, that is unrolled by hand, as
// matmul-ternary/dp4a-tiled.
fn add_quarter(k: u32, r: u32, t: u32, sums: Sums) -> Sums {
  let at_w = row_slot(k, r);
  let at_q = token_slot(k, t);
  let a = Operands(tile_w[at_w], tile_w[at_w + 16u], tile_w[at_w + 32u], tile_w[at_w + 48u]);
  return Sums(
    dot_rows(a, tile_q[at_q], sums.token_0),
    dot_rows(a, tile_q[at_q + 8u], sums.token_1),
    dot_rows(a, tile_q[at_q + 16u], sums.token_2),
    dot_rows(a, tile_q[at_q + 24u], sums.token_3),
  );
}

fn fold_token(y: vec4f, sum: vec4i, scale: vec4f, minimum: vec4f, x: vec2f) -> vec4f {
  let exact = bitcast<vec4f>(sum) - 12582912.0;
  return y + (exact * scale * x.x + minimum * x.y);
}

fn store(t: u32, row: u32, sum: vec4f) {
  for (var i = 0u; i < 4u && t < params.tokens; i++) {
    let m = row + 16u * i;
    if (m < params.m) {
      let at = t * params.stride + params.first_row + m;
      out[at] = finish_int8(out[at], sum[i]);
    }
  }
}

fn fold(k: u32, r: u32, t: u32, sums: Sums, y: Outputs) -> Outputs {
  let at_w = row_slot(k, r);
  let at_q = token_slot(k, t);
  let s_0 = tile_w_scale[at_w];
  let s_1 = tile_w_scale[at_w + 16u];
  let s_2 = tile_w_scale[at_w + 32u];
  let s_3 = tile_w_scale[at_w + 48u];
  let scale = vec4f(s_0.x, s_1.x, s_2.x, s_3.x);
  let minimum = vec4f(s_0.y, s_1.y, s_2.y, s_3.y);
  return Outputs(
    fold_token(y.token_0, sums.token_0, scale, minimum, tile_q_scale[at_q]),
    fold_token(y.token_1, sums.token_1, scale, minimum, tile_q_scale[at_q + 8u]),
    fold_token(y.token_2, sums.token_2, scale, minimum, tile_q_scale[at_q + 16u]),
    fold_token(y.token_3, sums.token_3, scale, minimum, tile_q_scale[at_q + 24u]),
  );
}

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let first_row = group.x * ROWS;
  let first_token = group.y * TOKENS;
  // Computing: rows r, r + 16, r + 32, r + 48, so that consecutive invocations read consecutive entries.
  let r = index % 16u;
  let t = index / 16u;
  // Spans of a step that share all scales; a minimum goes with the sum of one span.
  let alike = select(select(1u, 2u, one_scale_per(32u)), 4u, one_scale_per(64u));
  let run = select(alike, 1u, params.minima != 0u);
  let none = Sums(vec4i(BASE), vec4i(BASE), vec4i(BASE), vec4i(BASE));
  var y = Outputs(vec4f(0.0), vec4f(0.0), vec4f(0.0), vec4f(0.0));
  var source = source_of(first_row, first_token, index);
  var next = fetch(source);
  for (var span = 0u; span < params.k / 16u; span += 4u) {
    stage(index, source.span, next);
    workgroupBarrier(); // publishes the operands of this step
    if (span + 4u < params.k / 16u) {
      source = moved(source);
      next = fetch(source);
    }
    var sums = add_quarter(0u, r, t, none);
    if (run == 1u) {
      y = fold(0u, r, t, sums, y);
      sums = none;
    }
    sums = add_quarter(1u, r, t, sums);
    if (run <= 2u) {
      y = fold(1u, r, t, sums, y);
      sums = none;
    }
    sums = add_quarter(2u, r, t, sums);
    if (run == 1u) {
      y = fold(2u, r, t, sums, y);
      sums = none;
    }
    sums = add_quarter(3u, r, t, sums);
    y = fold(3u, r, t, sums, y);
    workgroupBarrier(); // all have read; the tiles may be overwritten
  }
  store(first_token + t, first_row + r, y.token_0);
  store(first_token + t + 8u, first_row + r, y.token_1);
  store(first_token + t + 16u, first_row + r, y.token_2);
  store(first_token + t + 24u, first_row + r, y.token_3);
}
