// matvec-outlier/own-rows: four rows for every invocation; with ONE_SCALE the four of a quad load the
//   activations together.
// out[C, first_row + M] f32 (+)= sum over K of scale[M, K / group] * W[M, K] * x[C, K] + outlier_scale[M]
//   * sum over J of outlier_w[M, J] * x[C, index[J]], x[C, K] = q_scale[C, K / block] * q[C, K],
//   column C = workgroup z
// Layout: of W by the part joined (span_bytes), with four or eight spans a cell: T2, B1; outliers int8, four
//   columns per u32.  K a multiple of a cell, group and block % 16 == 0, outliers % 4 == 0.
// Geometry: workgroup = WG_SIZE * 4 rows; all invocations walk over the cells of a row side by side.
// Requires: subgroups (any size), and what the dot16 joined requires.
// Overrides: WG_SIZE (4..256, a power of two); ONE_SCALE of matvec-outlier/rows.
// Cost: as the others, but for CPU adapters, which load each word of each invocation by itself: of the
//   activations, gathered ones too, an invocation loads a quarter, and gets the rest from its quad.
enable subgroups;
override WG_SIZE: u32 = 32u;
@group(0) @binding(0) var<storage, read> w: array<vec4u>;               // [M, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;         // [M, K / group]
@group(0) @binding(2) var<storage, read> q: array<vec4u>;               // [C, K/16] sixteen int8 each
@group(0) @binding(3) var<storage, read> q_scale: array<f32>;           // [C, K / block]
@group(0) @binding(4) var<storage, read> outlier_w: array<u32>;         // [M, J/4] four int8 each
@group(0) @binding(5) var<storage, read> outlier_scale: array<f32>;     // [M]
@group(0) @binding(6) var<storage, read> outlier_index: array<vec4u>;   // [J/4] columns
@group(0) @binding(7) var<storage, read_write> out: array<f32>;         // [C, stride]
@group(0) @binding(8) var<uniform> params: Params;

// A cell of each of four rows.
struct Cells { row_0: vec4u, row_1: vec4u, row_2: vec4u, row_3: vec4u }

// Span s of four rows times the activations of its 16 columns, an integer times 2^SPAN_SHIFT. Called with
//   literals: a vector indexed by a variable is slow on CPU adapters.
fn dot_span(cells: Cells, s: u32, x: vec4u) -> vec4i {
  return vec4i(
    dot16(span_bytes(cells.row_0, s), x),
    dot16(span_bytes(cells.row_1, s), x),
    dot16(span_bytes(cells.row_2, s), x),
    dot16(span_bytes(cells.row_3, s), x),
  );
}

// Four spans from `first` on; `own` is the activations of one of them, by lane of the quad.
fn dot_four(cells: Cells, first: u32, own: vec4u) -> vec4i {
  let low = dot_span(cells, first, quadBroadcast(own, 0u))
    + dot_span(cells, first + 1u, quadBroadcast(own, 1u));
  return low + dot_span(cells, first + 2u, quadBroadcast(own, 2u))
    + dot_span(cells, first + 3u, quadBroadcast(own, 3u));
}

// Outlier columns 4j..4j+3 of four rows times the activations there, as dot_outliers, but each of a quad
//   gathers one of the four.
fn dot_shared(rows: vec4u, j: u32, token: u32, column: u32) -> vec4f {
  let words = params.outliers / 4u;
  let at = rows * words + vec4u(j);
  let w_0 = outlier_w[at.x];
  let w_1 = outlier_w[at.y];
  let w_2 = outlier_w[at.z];
  let w_3 = outlier_w[at.w];
  let k = outlier_index[j][column];
  if (params.block == params.k) {
    let code = code_at(k, token) & 0xffu;
    let x = quadBroadcast(code, 0u) | (quadBroadcast(code, 1u) << 8u)
      | (quadBroadcast(code, 2u) << 16u) | (quadBroadcast(code, 3u) << 24u);
    return vec4f(vec4i(dot4(w_0, x), dot4(w_1, x), dot4(w_2, x), dot4(w_3, x)));
  }
  let own = activation(k, token);
  let x_01 = vec2f(quadBroadcast(own, 0u), quadBroadcast(own, 1u));
  let x = vec4f(x_01, quadBroadcast(own, 2u), quadBroadcast(own, 3u));
  return vec4f(dot(bytes_of(w_0), x), dot(bytes_of(w_1), x), dot(bytes_of(w_2), x), dot(bytes_of(w_3), x));
}

fn write_own(m: u32, sum: f32, outliers: f32, token: u32) {
  if (m < params.m) {
    write_row(m, sum, outliers, token);
  }
}

@compute @workgroup_size(WG_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let first_row = (group.x + group.y * grid.x) * WG_SIZE * 4u;
  if (first_row >= params.m) {
    return; // the whole workgroup
  }
  let row = first_row + index * 4u;
  // Rows beyond the end repeat the last one; they are not written.
  let rows = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(params.m - 1u));
  var outliers = vec4f(0.0);
  for (var j = 0u; j < params.outliers / 4u; j++) {
    outliers += dot_shared(rows, j, group.z, lane % 4u);
  }
  let cells = params.k / CELL_COLUMNS;
  let x_at = group.z * (params.k / 16u) + lane % 4u;
  var sum = vec4i(0);
  var y = vec4f(0.0);
  for (var c = 0u; c < cells; c++) {
    if (ONE_SCALE == 0u) {
      y += dot_rows(rows, c, group.z);
      continue;
    }
    let at = rows * cells + vec4u(c);
    let four = Cells(w[at.x], w[at.y], w[at.z], w[at.w]);
    let x = x_at + c * CELL_SPANS;
    sum += dot_four(four, 0u, q[x]);
    if (CELL_SPANS > 4u) {
      sum += dot_four(four, 4u, q[x + 4u]);
    }
  }
  if (ONE_SCALE != 0u) {
    y = vec4f(sum >> vec4u(SPAN_SHIFT));
  }
  write_own(row, y.x, outliers.x, group.z);
  write_own(row + 1u, y.y, outliers.y, group.z);
  write_own(row + 2u, y.z, outliers.z, group.z);
  write_own(row + 3u, y.w, outliers.w, group.z);
}
