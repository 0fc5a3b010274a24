// layouts/p: one P cell of 64 columns of four rows times the bit planes of the activations, scaled.
// Core WGSL only. Joined with layouts/p/load; the kernel declares w, row_scale, row_min, q (planes, two
//   vec4u per 32 columns), q_scale and params.  group % 32 == 0, block % 32 == 0.
const CELL_COLUMNS = 64u;
const CELL_SPANS = 4u; // spans of 16 columns per cell

fn weigh(low: vec4i, high: vec4i) -> i32 {
  return low.x + 2 * low.y + 4 * low.z + 8 * low.w + 16 * high.x + 32 * high.y + 64 * high.z - 128 * high.w;
}

// 32 columns of a row times their planes.
fn dot_half(plus: u32, minus: u32, low: vec4u, high: vec4u) -> i32 {
  return weigh(p_count(plus, minus, low), p_count(plus, minus, high));
}

fn row_scales(rows: vec4u, group: u32) -> vec4f {
  let at = rows * (params.k / params.group) + vec4u(group);
  return vec4f(row_scale[at.x], row_scale[at.y], row_scale[at.z], row_scale[at.w]);
}

// What the minima of four rows add to 32 columns.
fn minima_rows(rows: vec4u, group: u32, low: vec4u, high: vec4u) -> vec4f {
  let at = rows * (params.k / params.group) + vec4u(group);
  let x_sum = weigh(p_count(0xFFFFFFFFu, 0u, low), p_count(0xFFFFFFFFu, 0u, high));
  return f32(x_sum) * vec4f(row_min[at.x], row_min[at.y], row_min[at.z], row_min[at.w]);
}

// Cell c of four rows times the activations of a token: its planes begin at q_at, its scales at scale_at.
// The halves are written out, since SwiftShader indexes a vector by a variable slowly.
fn dot_cell_rows(rows: vec4u, c: u32, q_at: u32, scale_at: u32) -> vec4f {
  let at = rows * (params.k / CELL_COLUMNS) + vec4u(c);
  let w_0 = w[at.x];
  let w_1 = w[at.y];
  let w_2 = w[at.z];
  let w_3 = w[at.w];
  let first_low = q[q_at + 4u * c];
  let first_high = q[q_at + 4u * c + 1u];
  let second_low = q[q_at + 4u * c + 2u];
  let second_high = q[q_at + 4u * c + 3u];
  let first = vec4i(
    dot_half(w_0.x, w_0.y, first_low, first_high),
    dot_half(w_1.x, w_1.y, first_low, first_high),
    dot_half(w_2.x, w_2.y, first_low, first_high),
    dot_half(w_3.x, w_3.y, first_low, first_high),
  );
  let second = vec4i(
    dot_half(w_0.z, w_0.w, second_low, second_high),
    dot_half(w_1.z, w_1.w, second_low, second_high),
    dot_half(w_2.z, w_2.w, second_low, second_high),
    dot_half(w_3.z, w_3.w, second_low, second_high),
  );
  let column = c * CELL_COLUMNS;
  let group = column / params.group;
  let next = (column + 32u) / params.group;
  var scales = row_scales(rows, group);
  var part = vec4f(first) * scales;
  if (params.minima != 0u) {
    part += minima_rows(rows, group, first_low, first_high);
  }
  let y = part * q_scale[scale_at + column / params.block];
  if (next != group) {
    scales = row_scales(rows, next);
  }
  part = vec4f(second) * scales;
  if (params.minima != 0u) {
    part += minima_rows(rows, next, second_low, second_high);
  }
  return y + part * q_scale[scale_at + (column + 32u) / params.block];
}

// Cell c of four rows, for one token.
fn dot_rows(rows: vec4u, c: u32, token: u32) -> vec4f {
  return dot_cell_rows(rows, c, token * (params.k / 16u), token * (params.k / params.block));
}
