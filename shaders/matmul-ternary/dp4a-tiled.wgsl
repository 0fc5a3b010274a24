// matmul-ternary/dp4a-tiled: 64 rows by 32 tokens per workgroup, operands staged in workgroup memory.
// out[T, M] f32 (+)= (q[T, K] i8 . W[M, K] ternary) * (q_scale[T] * row_scale[M])
// Layout: W is T2, see shaders/layouts/t2.  K % 64 == 0.
// Geometry: x = 64 rows, y = 32 tokens; 128 invocations, each 4 by 4; K in steps of 128 (two cells).
// Requires: packed-dot.
// Cost: a cell is unpacked once per 32 tokens; 8 reads of workgroup memory feed 64 dot products, while the
//   operands of the next step are on their way. H200: 39e12 to 44e12 products a second, some 60 % of its
//   dp4a rate; 64 tokens a workgroup and steps of 64 were 10 % slower at 512 tokens, 75 % at 32.
const ROWS = 64u;
const TOKENS = 32u;
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K/64] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M]
@group(0) @binding(2) var<storage, read> q: array<vec4u>;            // [T, K/16]
@group(0) @binding(3) var<storage, read> q_scale: array<f32>;        // [T]
@group(0) @binding(4) var<storage, read_write> out: array<f32>;      // [T, M]
@group(0) @binding(5) var<uniform> params: Params;

// [eighth of the step][row or token]: 16 int8 each; weights times 64. In eighth k, entry i is at i ^ k: then
//   neither those who write the eighths of a row nor those who read the rows of an eighth meet in a bank.
var<workgroup> tile_w: array<vec4u, 512>;
var<workgroup> tile_q: array<vec4u, 256>;

// Chained, so that each product adds onto the sum before it in one instruction.
fn dot16(a: vec4u, b: vec4u, sum: i32) -> i32 {
  return dot4I8Packed(a.w, b.w)
    + (dot4I8Packed(a.z, b.z) + (dot4I8Packed(a.y, b.y) + (dot4I8Packed(a.x, b.x) + sum)));
}

// Sums of four rows with one token.
fn dot_rows(a: Operands, b: vec4u, sum: vec4i) -> vec4i {
  return vec4i(
    dot16(a.row_0, b, sum.x),
    dot16(a.row_1, b, sum.y),
    dot16(a.row_2, b, sum.z),
    dot16(a.row_3, b, sum.w),
  );
}

struct Operands { row_0: vec4u, row_1: vec4u, row_2: vec4u, row_3: vec4u }

struct Sums { token_0: vec4i, token_1: vec4i, token_2: vec4i, token_3: vec4i }

// Eighth k of the step. Called with eight literals: unrolled by hand it is 12 % faster at 512 tokens on an
//   H100, 28 % at 128.
fn add_eighth(k: u32, r: u32, t: u32, sums: Sums) -> Sums {
  let at_w = k * ROWS + (r ^ k);
  let at_q = k * TOKENS + (t ^ k);
  let a = Operands(tile_w[at_w], tile_w[at_w + 16u], tile_w[at_w + 32u], tile_w[at_w + 48u]);
  return Sums(
    dot_rows(a, tile_q[at_q], sums.token_0),
    dot_rows(a, tile_q[at_q + 8u], sums.token_1),
    dot_rows(a, tile_q[at_q + 16u], sums.token_2),
    dot_rows(a, tile_q[at_q + 24u], sums.token_3),
  );
}

fn store(t: u32, row: u32, sum: vec4i) {
  if (t >= params.tokens) {
    return;
  }
  let scale = q_scale[t];
  for (var i = 0u; i < 4u; i++) {
    let m = row + 16u * i;
    if (m < params.m) {
      let at = t * params.m + m;
      out[at] = finish(out[at], sum[i] >> 6u, scale * row_scale[m], params.accumulate);
    }
  }
}

// Words of the four rows that an invocation loads, in a cell; zeros beyond the last cell, where K is an odd
//   number of cells.
fn load_words(first: vec4u, cell: u32, cells: u32, word: u32) -> vec4u {
  let at = first + min(cell, cells - 1u);
  let words = vec4u(w[at.x][word], w[at.y][word], w[at.z][word], w[at.w][word]);
  return select(vec4u(0u), words, cell < cells);
}

// The four fields of a word are columns 0..3, 4..7, 8..11, 12..15 of its 16.
fn unpack(word: u32) -> vec4u {
  return (vec4u(word) << vec4u(6u, 4u, 2u, 0u)) & vec4u(0xC0C0C0C0u);
}

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let cells = params.k / 64u;
  let first_row = group.x * ROWS;
  let first_token = group.y * TOKENS;
  // Loading: invocation (entry, eighth) has the rows entry, + 16, + 32, + 48 and the tokens entry, + 16.
  // Those beyond the end repeat the last one; they are not written.
  let eighth = index % 8u;
  let entry = index / 8u;
  let w_at = min(first_row + entry + vec4u(0u, 16u, 32u, 48u), vec4u(params.m - 1u)) * cells;
  let q_at = min(first_token + entry + vec2u(0u, 16u), vec2u(params.tokens - 1u)) * cells * 4u + eighth;
  let at_w = eighth * ROWS + (entry ^ eighth);
  let at_q = eighth * TOKENS + (entry ^ eighth);
  // Computing: rows r, r + 16, r + 32, r + 48, so that consecutive invocations read consecutive entries.
  let r = index % 16u;
  let t = index / 16u;
  var sums = Sums(vec4i(0), vec4i(0), vec4i(0), vec4i(0));
  var words = load_words(w_at, eighth / 4u, cells, eighth % 4u);
  var x_0 = q[q_at.x];
  var x_1 = q[q_at.y];
  for (var c = 0u; c < cells; c += 2u) {
    tile_w[at_w] = unpack(words.x);
    tile_w[at_w + 16u] = unpack(words.y);
    tile_w[at_w + 32u] = unpack(words.z);
    tile_w[at_w + 48u] = unpack(words.w);
    tile_q[at_q] = x_0;
    tile_q[at_q + 16u] = x_1;
    workgroupBarrier(); // publishes the operands of this step
    words = load_words(w_at, c + 2u + eighth / 4u, cells, eighth % 4u);
    x_0 = q[q_at.x + 4u * (c + 2u)];
    x_1 = q[q_at.y + 4u * (c + 2u)];
    sums = add_eighth(0u, r, t, sums);
    sums = add_eighth(1u, r, t, sums);
    sums = add_eighth(2u, r, t, sums);
    sums = add_eighth(3u, r, t, sums);
    sums = add_eighth(4u, r, t, sums);
    sums = add_eighth(5u, r, t, sums);
    sums = add_eighth(6u, r, t, sums);
    sums = add_eighth(7u, r, t, sums);
    workgroupBarrier(); // all have read; the tiles may be overwritten
  }
  store(first_token + t, first_row + r, sums.token_0);
  store(first_token + t + 8u, first_row + r, sums.token_1);
  store(first_token + t + 16u, first_row + r, sums.token_2);
  store(first_token + t + 24u, first_row + r, sums.token_3);
}
