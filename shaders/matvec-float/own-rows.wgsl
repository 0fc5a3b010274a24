// matvec-float/own-rows: four rows for every invocation; the four of a quad load the activations together.
// out[C, first_row + M] f32 (+)= sum over K of (scale[M, K / group] * W[M, K] + minimum[M, K / group])
//   * x[C, K] f32, in f32, column C = workgroup z
// Layout: of W by the part joined (cell_part).  K a multiple of a cell, group % 16 == 0.
// Geometry: workgroup = WG_SIZE * 4 rows; all invocations walk over the cells of a row side by side.
// Requires: subgroups (any size), and what the part joined requires.
// Overrides: WG_SIZE (4..256, a power of two).
// Cost: as the others, but for CPU adapters, which load each word of each invocation by itself: of the
//   activations an invocation loads a quarter, and gets the rest from its quad.
enable subgroups;
override WG_SIZE: u32 = 64u;
const ROWS = 4u;
@group(0) @binding(0) var<storage, read> w: array<vec4u>;            // [M, K / CELL_COLUMNS] cells
@group(0) @binding(1) var<storage, read> row_scale: array<f32>;      // [M, K / group]
@group(0) @binding(2) var<storage, read> row_min: array<f32>;        // [M, K / group] if params.minima
@group(0) @binding(3) var<storage, read> x: array<vec4f>;            // [C, K/4]
@group(0) @binding(4) var<storage, read_write> out: array<f32>;      // [C, stride]
@group(0) @binding(5) var<uniform> params: Params;

// Four columns of a cell of each row times v.
fn dot_part(w_0: vec4u, w_1: vec4u, w_2: vec4u, w_3: vec4u, i: u32, v: vec4f) -> vec4f {
  return vec4f(
    dot(cell_part(w_0, i), v),
    dot(cell_part(w_1, i), v),
    dot(cell_part(w_2, i), v),
    dot(cell_part(w_3, i), v),
  );
}

// Four parts of a cell, from part i on, times the activations that the quad has loaded.
fn dot_span(w_0: vec4u, w_1: vec4u, w_2: vec4u, w_3: vec4u, i: u32, own: vec4f) -> vec4f {
  var sum = dot_part(w_0, w_1, w_2, w_3, i, quadBroadcast(own, 0u));
  sum += dot_part(w_0, w_1, w_2, w_3, i + 1u, quadBroadcast(own, 1u));
  sum += dot_part(w_0, w_1, w_2, w_3, i + 2u, quadBroadcast(own, 2u));
  return sum + dot_part(w_0, w_1, w_2, w_3, i + 3u, quadBroadcast(own, 3u));
}

@compute @workgroup_size(WG_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let cells = params.k / CELL_COLUMNS;
  let first_row = (group.x + group.y * grid.x) * WG_SIZE * ROWS;
  if (first_row >= params.m) {
    return; // the whole workgroup
  }
  let row = first_row + index * ROWS;
  // Rows beyond the end repeat the last one; they are not written.
  let rows = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(params.m - 1u));
  let begin = rows * cells;
  let split = params.group % CELL_COLUMNS != 0u;
  var sum = vec4f(0.0);
  for (var c = 0u; c < cells; c++) {
    let w_0 = w[begin.x + c];
    let w_1 = w[begin.y + c];
    let w_2 = w[begin.z + c];
    let w_3 = w[begin.w + c];
    var cell = vec4f(0.0);
    let parts = group.z * (params.k / 4u) + c * CELL_PARTS + lane % 4u;
    if (CELL_PARTS == 4u) { // a constant place within the cell: SwiftShader indexes by a variable one slowly
      cell = dot_span(w_0, w_1, w_2, w_3, 0u, x[parts]);
    } else {
      for (var i = 0u; i < CELL_PARTS; i += 4u) {
        var span = dot_span(w_0, w_1, w_2, w_3, i, x[parts + i]);
        if (split) {
          span = scale_rows(span, rows, c * CELL_PARTS + i, 4u, group.z);
        }
        cell += span;
      }
    }
    if (scales_within() && !split) {
      cell = scale_rows(cell, rows, c * CELL_PARTS, CELL_PARTS, group.z);
    }
    sum += cell;
  }
  for (var i = 0u; i < ROWS; i++) {
    let m = row + i;
    if (m < params.m) {
      let at = group.z * params.stride + params.first_row + m;
      out[at] = finish_float(out[at], sum[i], m);
    }
  }
}
