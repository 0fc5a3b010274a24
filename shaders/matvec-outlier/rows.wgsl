// matvec-outlier/rows: four rows of codes times int8 activations, by the dot16 joined, and of the outlier
//   columns.
// 1: group and block are k, so that both scales wait for the end of the row.
override ONE_SCALE: u32 = 0u;
struct Params {
  m: u32, // rows of this shard
  k: u32, // columns, a multiple of a cell and of 64
  group: u32, // columns per weight scale, a multiple of 16 that divides k
  block: u32, // columns per activation scale, a multiple of 16 that divides k
  first_row: u32, // row of `out` that belongs to row 0 of the shard
  stride: u32, // elements from one token's row of `out` to the next
  accumulate: u32, // 1: add to out (the residual), 0: replace it
  outliers: u32, // outlier columns, a multiple of 4
}

// Scale of the activations of a block.
fn x_scale(column: u32, token: u32) -> f32 {
  return q_scale[token * (params.k / params.block) + column / params.block];
}

fn scale_rows(sum: vec4i, rows: vec4u, column: u32, token: u32) -> vec4f {
  let at = rows * (params.k / params.group) + vec4u(column / params.group);
  let scale = vec4f(row_scale[at.x], row_scale[at.y], row_scale[at.z], row_scale[at.w]);
  return vec4f(sum >> vec4u(SPAN_SHIFT)) * scale * x_scale(column, token);
}

// Cell c of four rows times the activations, scaled unless ONE_SCALE. Integer sums run over a cell, or 16
//   columns where scales need it.
fn dot_rows(rows: vec4u, c: u32, token: u32) -> vec4f {
  let at = rows * (params.k / CELL_COLUMNS) + vec4u(c);
  let w_0 = w[at.x];
  let w_1 = w[at.y];
  let w_2 = w[at.z];
  let w_3 = w[at.w];
  let split = ONE_SCALE == 0u
    && (params.group % CELL_COLUMNS != 0u || params.block % CELL_COLUMNS != 0u);
  var y = vec4f(0.0);
  var sum = vec4i(0);
  for (var s = 0u; s < CELL_SPANS; s++) {
    let v = q[token * (params.k / 16u) + c * CELL_SPANS + s];
    sum += vec4i(
      dot16(span_bytes(w_0, s), v),
      dot16(span_bytes(w_1, s), v),
      dot16(span_bytes(w_2, s), v),
      dot16(span_bytes(w_3, s), v),
    );
    if (split) {
      y += scale_rows(sum, rows, c * CELL_COLUMNS + 16u * s, token);
      sum = vec4i(0);
    }
  }
  if (ONE_SCALE != 0u) {
    y = vec4f(sum >> vec4u(SPAN_SHIFT));
  } else if (!split) {
    y = scale_rows(sum, rows, c * CELL_COLUMNS, token);
  }
  return y;
}

// The code of column k, in the lowest byte.
fn code_at(k: u32, token: u32) -> u32 {
  return q[token * (params.k / 16u) + k / 16u][(k / 4u) % 4u] >> (8u * (k % 4u));
}

fn activation(k: u32, token: u32) -> f32 {
  return f32(bitcast<i32>(code_at(k, token) << 24u) >> 24u) * x_scale(k, token);
}

fn bytes_of(word: u32) -> vec4f {
  return vec4f(bitcast<vec4i>(vec4u(word << 24u, word << 16u, word << 8u, word)) >> vec4u(24u));
}

// Outlier columns 4j..4j+3 of four rows times the activations there, without the scale of the row. With one
//   scale for all activations that scale is left out too, so that sums stay integers.
fn dot_outliers(rows: vec4u, j: u32, token: u32) -> vec4f {
  let words = params.outliers / 4u;
  let at = outlier_index[j];
  let w_0 = outlier_w[rows.x * words + j];
  let w_1 = outlier_w[rows.y * words + j];
  let w_2 = outlier_w[rows.z * words + j];
  let w_3 = outlier_w[rows.w * words + j];
  if (params.block == params.k) {
    let low = (code_at(at.x, token) & 0xffu) | ((code_at(at.y, token) & 0xffu) << 8u);
    let x = low | ((code_at(at.z, token) & 0xffu) << 16u) | (code_at(at.w, token) << 24u);
    return vec4f(vec4i(dot4(w_0, x), dot4(w_1, x), dot4(w_2, x), dot4(w_3, x)));
  }
  let x = vec4f(
    activation(at.x, token),
    activation(at.y, token),
    activation(at.z, token),
    activation(at.w, token),
  );
  return vec4f(dot(bytes_of(w_0), x), dot(bytes_of(w_1), x), dot(bytes_of(w_2), x), dot(bytes_of(w_3), x));
}

// Writes row m of the shard for a token, given the sums over codes and over outliers.
fn write_row(m: u32, sum: f32, outliers: f32, token: u32) {
  let common_scale = select(1.0, q_scale[token], params.block == params.k);
  var codes = sum;
  if (ONE_SCALE != 0u) {
    codes *= row_scale[m] * common_scale;
  }
  let y = codes + outliers * outlier_scale[m] * common_scale;
  let at = token * params.stride + params.first_row + m;
  out[at] = select(y, out[at] + y, params.accumulate != 0u);
}
