// matmul-ternary/subgroup-matrix: 64 rows by 64 tokens per workgroup, by the matrix units of the GPU.
// out[T, M] f32 (+)= (q[T, K] i8 . W[M, K] ternary) * (q_scale[T] * row_scale[M])
// Layout: W is T2, see shaders/layouts/t2.  K % 64 == 0.
// Geometry: x = 64 rows, y = 64 tokens; 256 invocations: eight subgroups of 32 rows by 16 tokens;
//   K in steps of 64.
// Requires: subgroup-matrix: i8 matrices of 16x16x32 with i32 sums, and subgroups of 32.
// Cost: a cell is unpacked once per 64 tokens; three loads from workgroup memory feed two products of
//   16x16x32. H200: 97e12 products a second, 2.5 times dp4a-tiled.
// Source: Dawn, docs/dawn/features/subgroup_matrix.md. Offsets and strides count elements of the array.
enable subgroups;
enable chromium_experimental_subgroup_matrix;
diagnostic(off, chromium.subgroup_matrix_uniformity);

alias Tokens = subgroup_matrix_left<i8, 32, 16>;
alias Rows = subgroup_matrix_right<i8, 16, 32>;
alias Sums = subgroup_matrix_result<i32, 16, 16>;

const TILE = 64u;
// vec4u from one row or token of the tile to the next: four hold the step, the fifth keeps eight of them in
//   different banks.
const PITCH = 5u;
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K/64] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M]
@group(0) @binding(2) var<storage, read> q: array<vec4u>;            // [T, K/16]
@group(0) @binding(3) var<storage, read> q_scale: array<f32>;        // [T]
@group(0) @binding(4) var<storage, read_write> out: array<f32>;      // [T, M]
@group(0) @binding(5) var<uniform> params: Params;

// The step: 64 tokens, then 64 rows (weights times 64). After the loop 256 i32 sums per subgroup at a time.
var<workgroup> tile: array<vec4u, 640>;

// The sums of 16 tokens with 16 rows, which the subgroup has put into the tile from `base` on.
fn store(base: u32, lane: u32, token: u32, row: u32) {
  for (var e = lane; e < 256u; e += 32u) {
    let t = token + e / 16u;
    let m = row + e % 16u;
    if (t < params.tokens && m < params.m) {
      let sum = bitcast<i32>(tile[base + e / 4u][e % 4u]) >> 6u;
      let at = t * params.m + m;
      out[at] = finish(out[at], sum, q_scale[t] * row_scale[m], params.accumulate);
    }
  }
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let cells = params.k / 64u;
  // Loading: invocation (entry, quarter). Entries beyond the end repeat the last one; they are not written.
  let quarter = index % 4u;
  let entry = index / 4u;
  let w_at = min(group.x * TILE + entry, params.m - 1u) * cells;
  let q_at = min(group.y * TILE + entry, params.tokens - 1u) * cells * 4u + quarter;
  let slot = entry * PITCH + quarter;
  // Multiplying: the 16 tokens and 32 rows of this subgroup.
  let subgroup = index / 32u;
  let token = subgroup / 2u * 16u;
  let row = subgroup % 2u * 32u;
  let tokens_at = token * PITCH;
  let rows_at = (TILE + row) * PITCH;
  var sum_0: Sums;
  var sum_1: Sums;
  var word = w[w_at][quarter];
  var x = q[q_at];
  for (var c = 0u; c < cells; c++) {
    tile[slot] = x;
    // The four fields of a word are columns 0..3, 4..7, 8..11, 12..15 of its 16.
    tile[slot + TILE * PITCH] = (vec4u(word) << vec4u(6u, 4u, 2u, 0u)) & vec4u(0xC0C0C0C0u);
    workgroupBarrier(); // publishes the operands of this step
    let next = min(c + 1u, cells - 1u);
    word = w[w_at + next][quarter];
    x = q[q_at + 4u * next];
    // Columns 0..31 and 32..63 of the step: written out twice, since as a loop it takes 1.6 times as long.
    let tokens_low = subgroupMatrixLoad<Tokens, row_major>(&tile, tokens_at, PITCH);
    let rows_low_0 = subgroupMatrixLoad<Rows, col_major>(&tile, rows_at, PITCH);
    let rows_low_1 = subgroupMatrixLoad<Rows, col_major>(&tile, rows_at + 16u * PITCH, PITCH);
    sum_0 = subgroupMatrixMultiplyAccumulate(tokens_low, rows_low_0, sum_0);
    sum_1 = subgroupMatrixMultiplyAccumulate(tokens_low, rows_low_1, sum_1);
    let tokens_high = subgroupMatrixLoad<Tokens, row_major>(&tile, tokens_at + 2u, PITCH);
    let rows_high_0 = subgroupMatrixLoad<Rows, col_major>(&tile, rows_at + 2u, PITCH);
    let rows_high_1 = subgroupMatrixLoad<Rows, col_major>(&tile, rows_at + 2u + 16u * PITCH, PITCH);
    sum_0 = subgroupMatrixMultiplyAccumulate(tokens_high, rows_high_0, sum_0);
    sum_1 = subgroupMatrixMultiplyAccumulate(tokens_high, rows_high_1, sum_1);
    workgroupBarrier(); // all have read; the tile may be overwritten
  }
  let base = subgroup * TILE;
  let lane = index % 32u;
  let t = group.y * TILE + token;
  let m = group.x * TILE + row;
  subgroupMatrixStore<row_major>(&tile, base, sum_0, 4u);
  workgroupBarrier(); // publishes the sums
  store(base, lane, t, m);
  workgroupBarrier(); // all have read
  subgroupMatrixStore<row_major>(&tile, base, sum_1, 4u);
  workgroupBarrier(); // publishes the sums
  store(base, lane, t, m + 16u);
}
