// layouts/p: one P cell of 64 columns of four rows times the bit planes of the activations, scaled.
// Core WGSL only. Joined with layouts/p/load; the kernel declares w, row_scale, row_min, q (planes, two
//   vec4u per 32 columns), q_scale and params.  group % 32 == 0, block % 32 == 0.
const CELL_COLUMNS = 64u;
const CELL_SPANS = 4u; // spans of 16 columns per cell

fn weigh(low: vec4i, high: vec4i) -> i32 {
  return low.x + 2 * low.y + 4 * low.z + 8 * low.w + 16 * high.x + 32 * high.y + 64 * high.z - 128 * high.w;
}

// Half h (32 columns) of a cell times its planes.
fn dot_half(w: vec4u, h: u32, low: vec4u, high: vec4u) -> i32 {
  let plus = w[2u * h];
  let minus = w[2u * h + 1u];
  return weigh(p_count(plus, minus, low), p_count(plus, minus, high));
}

// Cell c of four rows times the activations of a token: its planes begin at q_at, its scales at scale_at.
fn dot_cell_rows(rows: vec4u, c: u32, q_at: u32, scale_at: u32) -> vec4f {
  let at = rows * (params.k / CELL_COLUMNS) + vec4u(c);
  let w_0 = w[at.x];
  let w_1 = w[at.y];
  let w_2 = w[at.z];
  let w_3 = w[at.w];
  var y = vec4f(0.0);
  for (var h = 0u; h < 2u; h++) {
    let low = q[q_at + 4u * c + 2u * h];
    let high = q[q_at + 4u * c + 2u * h + 1u];
    let column = c * CELL_COLUMNS + 32u * h;
    let sum = vec4i(
      dot_half(w_0, h, low, high),
      dot_half(w_1, h, low, high),
      dot_half(w_2, h, low, high),
      dot_half(w_3, h, low, high),
    );
    let g = rows * (params.k / params.group) + vec4u(column / params.group);
    var part = vec4f(sum) * vec4f(row_scale[g.x], row_scale[g.y], row_scale[g.z], row_scale[g.w]);
    if (params.minima != 0u) {
      let x_sum = weigh(p_count(0xFFFFFFFFu, 0u, low), p_count(0xFFFFFFFFu, 0u, high));
      part += f32(x_sum) * vec4f(row_min[g.x], row_min[g.y], row_min[g.z], row_min[g.w]);
    }
    y += part * q_scale[scale_at + column / params.block];
  }
  return y;
}

// Cell c of four rows, for one token.
fn dot_rows(rows: vec4u, c: u32, token: u32) -> vec4f {
  return dot_cell_rows(rows, c, token * (params.k / 16u), token * (params.k / params.block));
}
