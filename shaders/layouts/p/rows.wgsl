// layouts/p: one P cell of 64 columns of four rows times the bit planes of the activations, scaled.
// Core WGSL only. Joined with layouts/p/load; the kernel declares w, row_scale, row_min, q (planes, two
//   vec4u per 32 columns), q_scale and params.  group % 32 == 0, block % 32 == 0.
// Overrides: CELL_SCALES, 1: each cell has one scale of the weights and one of the activations, and there are
//   no minima; 0: anything. Not decided by params, since of such an `if` SwiftShader executes both sides.
override CELL_SCALES: u32 = 0u;
const CELL_COLUMNS = 64u;
const CELL_SPANS = 4u; // spans of 16 columns per cell

// A cell of each of four rows.
struct FourCells {
  w_0: vec4u,
  w_1: vec4u,
  w_2: vec4u,
  w_3: vec4u,
}

// 32 columns of a row times their planes.
fn dot_half(plus: u32, minus: u32, low: vec4u, high: vec4u) -> i32 {
  let sum = weigh(count_planes(plus, minus, low), count_planes(plus, minus, high));
  return i32(sum + countOneBits(minus));
}

// Scales of a group of four rows whose first ones are at `begin`.
fn row_scales(begin: vec4u, group: u32) -> vec4f {
  let at = begin + vec4u(group);
  return vec4f(row_scale[at.x], row_scale[at.y], row_scale[at.z], row_scale[at.w]);
}

// What the minima of four rows add to 32 columns.
fn minima_rows(begin: vec4u, group: u32, low: vec4u, high: vec4u) -> vec4f {
  let at = begin + vec4u(group);
  let x_sum = dot_half(0xFFFFFFFFu, 0u, low, high);
  return f32(x_sum) * vec4f(row_min[at.x], row_min[at.y], row_min[at.z], row_min[at.w]);
}

fn dot_cells(w: FourCells, x_0: vec4u, x_1: vec4u, x_2: vec4u, x_3: vec4u) -> vec4f {
  return vec4f(vec4i(
    dot_cell(w.w_0, x_0, x_1, x_2, x_3),
    dot_cell(w.w_1, x_0, x_1, x_2, x_3),
    dot_cell(w.w_2, x_0, x_1, x_2, x_3),
    dot_cell(w.w_3, x_0, x_1, x_2, x_3),
  ));
}

// The halves of the cells, each with scales and minima of its own. They are written out, since SwiftShader
// indexes a vector by a variable slowly.
fn dot_halves(
  w: FourCells, x_0: vec4u, x_1: vec4u, x_2: vec4u, x_3: vec4u,
  column: u32, scales_at: vec4u, x_scales_at: u32,
) -> vec4f {
  let group = column / params.group;
  let next = (column + 32u) / params.group;
  let first = vec4i(
    dot_half(w.w_0.x, w.w_0.y, x_0, x_1),
    dot_half(w.w_1.x, w.w_1.y, x_0, x_1),
    dot_half(w.w_2.x, w.w_2.y, x_0, x_1),
    dot_half(w.w_3.x, w.w_3.y, x_0, x_1),
  );
  let second = vec4i(
    dot_half(w.w_0.z, w.w_0.w, x_2, x_3),
    dot_half(w.w_1.z, w.w_1.w, x_2, x_3),
    dot_half(w.w_2.z, w.w_2.w, x_2, x_3),
    dot_half(w.w_3.z, w.w_3.w, x_2, x_3),
  );
  var scales = row_scales(scales_at, group);
  var part = vec4f(first) * scales;
  if (params.minima != 0u) {
    part += minima_rows(scales_at, group, x_0, x_1);
  }
  let y = part * q_scale[x_scales_at + column / params.block];
  if (next != group) {
    scales = row_scales(scales_at, next);
  }
  part = vec4f(second) * scales;
  if (params.minima != 0u) {
    part += minima_rows(scales_at, next, x_2, x_3);
  }
  return y + part * q_scale[x_scales_at + (column + 32u) / params.block];
}

// Cells of four rows, the first of their columns being `column`, times their planes in the order of dot_cell.
// Scales of the rows begin at scales_at, those of the activations at x_scales_at.
fn dot_four_cells(
  w: FourCells, x_0: vec4u, x_1: vec4u, x_2: vec4u, x_3: vec4u,
  column: u32, scales_at: vec4u, x_scales_at: u32,
) -> vec4f {
  var y = vec4f(0.0);
  if (CELL_SCALES == 1u) {
    y = dot_cells(w, x_0, x_1, x_2, x_3) * row_scales(scales_at, column / params.group)
      * q_scale[x_scales_at + column / params.block];
  } else {
    y = dot_halves(w, x_0, x_1, x_2, x_3, column, scales_at, x_scales_at);
  }
  return y;
}

fn load_cells(rows: vec4u, c: u32) -> FourCells {
  let at = rows * (params.k / CELL_COLUMNS) + vec4u(c);
  return FourCells(w[at.x], w[at.y], w[at.z], w[at.w]);
}

// Cell c of four rows times the activations of a token: its planes begin at q_at, its scales at scale_at.
fn dot_cell_rows(rows: vec4u, c: u32, q_at: u32, scale_at: u32) -> vec4f {
  let at = q_at + 4u * c;
  let w = load_cells(rows, c);
  let scales_at = rows * (params.k / params.group);
  return dot_four_cells(
    w, q[at], q[at + 1u], q[at + 2u], q[at + 3u], c * CELL_COLUMNS, scales_at, scale_at,
  );
}

// Cell c of four rows, for one token.
fn dot_rows(rows: vec4u, c: u32, token: u32) -> vec4f {
  return dot_cell_rows(rows, c, token * (params.k / 16u), token * (params.k / params.block));
}
