// common/block-rows: products of two rows of weights with block-scaled int8 activations, for one member of a team.
// Joined with a layout's bytes part and a dot16; the kernel declares w, row_scale, q, act and params (k, group_shift).
// act[b] = (scale, sum of squares before the gain) of block b of 32 columns.  K a multiple of 64 and of a cell.
const UNGROUPED = 31u; // group_shift of matrices with one scale per row, which is applied to the sum
const UNIT = 1.0 / f32(1u << SPAN_SHIFT);

// Cell c of two rows times the activations; integer sums over a block of 32 columns, or a cell where that is less.
fn dot_pair(w_0: vec4u, w_1: vec4u, c: u32, rows: vec2u) -> vec2f {
  var y = vec2f(0.0);
  var sum = vec2i(0);
  for (var s = 0u; s < CELL_SPANS; s++) {
    let span = c * CELL_SPANS + s;
    let v = q[span];
    sum += vec2i(dot16(span_bytes(w_0, s), v), dot16(span_bytes(w_1, s), v));
    if (CELL_SPANS == 1u || (s & 1u) == 1u) {
      y += vec2f(sum) * act[span / 2u].x;
      sum = vec2i(0);
    }
  }
  if (params.group_shift != UNGROUPED) {
    let at = rows * (params.k >> params.group_shift) + vec2u((c * CELL_COLUMNS) >> params.group_shift);
    y *= vec2f(row_scale[at.x], row_scale[at.y]);
  }
  return y;
}

// Share of member `member` of a team of `lanes` in the products of two rows: cells member, member + lanes, ...
// Eight loads of weights are in flight. Without the scale of ungrouped rows, see row_factor.
fn dot_rows(rows: vec2u, member: u32, lanes: u32) -> vec2f {
  let cells = params.k / CELL_COLUMNS;
  let base = rows * cells;
  var sum = vec2f(0.0);
  for (var c = member; c < cells; c += 4u * lanes) {
    // Beyond the end the last cell is loaded again, and not used.
    let at = min(vec4u(c, c + lanes, c + 2u * lanes, c + 3u * lanes), vec4u(cells - 1u));
    let a_0 = w[base.x + at.x];
    let b_0 = w[base.y + at.x];
    let a_1 = w[base.x + at.y];
    let b_1 = w[base.y + at.y];
    let a_2 = w[base.x + at.z];
    let b_2 = w[base.y + at.z];
    let a_3 = w[base.x + at.w];
    let b_3 = w[base.y + at.w];
    sum += dot_pair(a_0, b_0, at.x, rows);
    if (c + lanes < cells) {
      sum += dot_pair(a_1, b_1, at.y, rows);
    }
    if (c + 2u * lanes < cells) {
      sum += dot_pair(a_2, b_2, at.z, rows);
    }
    if (c + 3u * lanes < cells) {
      sum += dot_pair(a_3, b_3, at.w, rows);
    }
  }
  return sum * UNIT;
}

// What the sum of a row is still to be multiplied by, besides the norm's factor.
fn row_factor(row: u32) -> f32 {
  if (params.group_shift != UNGROUPED) {
    return 1.0;
  }
  return row_scale[row];
}
