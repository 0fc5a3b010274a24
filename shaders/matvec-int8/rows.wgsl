// matvec-int8/rows: products of the same cell of ROWS rows (2 or 4) with the activations, by the dot16
//   joined.
const ONES = vec4u(0x01010101u);

// f32 of integer sums over columns of one group and one block that begin at `column`.
fn scale_rows(sum: vec4i, x_sum: i32, rows: vec4u, column: u32, token: u32) -> vec4f {
  let at = rows * (params.k / params.group) + vec4u(column / params.group);
  let scale = vec4f(row_scale[at.x], row_scale[at.y], row_scale[at.z], row_scale[at.w]);
  var y = vec4f(sum >> vec4u(SPAN_SHIFT)) * scale;
  if (params.minima != 0u) {
    y += f32(x_sum) * vec4f(row_min[at.x], row_min[at.y], row_min[at.z], row_min[at.w]);
  }
  return y * q_scale[token * (params.k / params.block) + column / params.block];
}

// Cell c of ROWS rows times the activations of a token, scaled; zeros beyond. Integer sums run over a
//   cell, or the 32 or 16 columns
//   that share their scales.
fn dot_rows(rows: vec4u, c: u32, token: u32) -> vec4f {
  let at = rows * (params.k / CELL_COLUMNS) + vec4u(c);
  let w_0 = w[at.x];
  let w_1 = w[at.y];
  var w_2 = vec4u(0u);
  var w_3 = vec4u(0u);
  if (ROWS > 2u) {
    w_2 = w[at.z];
    w_3 = w[at.w];
  }
  let run = spans_per_scale();
  var y = vec4f(0.0);
  var sum = vec4i(0);
  var x_sum = 0;
  for (var s = 0u; s < CELL_SPANS; s++) {
    let v = q[token * (params.k / 16u) + c * CELL_SPANS + s];
    sum.x += dot16(span_bytes(w_0, s), v);
    sum.y += dot16(span_bytes(w_1, s), v);
    if (ROWS > 2u) {
      sum.z += dot16(span_bytes(w_2, s), v);
      sum.w += dot16(span_bytes(w_3, s), v);
    }
    if (params.minima != 0u) {
      x_sum += dot16(ONES, v);
    }
    if ((s + 1u) % run == 0u) {
      y += scale_rows(sum, x_sum, rows, c * CELL_COLUMNS + 16u * s, token);
      sum = vec4i(0);
      x_sum = 0;
    }
  }
  return y;
}
