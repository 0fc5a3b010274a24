// block/cell: products of a cell of two rows of weights with block-scaled int8 activations.
// Joined with a layout's bytes part, a dot16 and block/direct or staged; the kernel declares w, row_scale, q,
// act and params (k, group_shift).
// act[b] = (scale, sum of squares before the gain) of block b of 32 columns.  K a multiple of 64 and of a
// cell. False: rows have one scale each, whatever group_shift says; leaves no branch between loads.
override GROUPED: bool = true;
const UNGROUPED = 31u; // group_shift of matrices with one scale per row, which is applied to the sum
const UNIT = 1.0 / f32(1u << SPAN_SHIFT);

// Columns 16s..16s+31 of cell c of two rows (of 16 columns where a cell has no more): exact integers times
// one scale.
fn dot_block(w_0: vec4u, w_1: vec4u, c: u32, s: u32) -> vec2f {
  let span = c * CELL_SPANS + s;
  let v = span_codes(span);
  var sum = vec2i(dot16(span_bytes(w_0, s), v), dot16(span_bytes(w_1, s), v));
  if (CELL_SPANS > 1u) {
    let next = span_codes(span + 1u);
    sum += vec2i(dot16(span_bytes(w_0, s + 1u), next), dot16(span_bytes(w_1, s + 1u), next));
  }
  return vec2f(sum) * block_scale(span / 2u);
}

// Cell c of two rows times the activations. Written out: an index that is no constant would put the cell
// into memory.
fn dot_pair(w_0: vec4u, w_1: vec4u, c: u32, rows: vec2u) -> vec2f {
  var y = dot_block(w_0, w_1, c, 0u);
  if (CELL_SPANS > 2u) {
    y += dot_block(w_0, w_1, c, 2u);
  }
  if (CELL_SPANS > 4u) {
    y += dot_block(w_0, w_1, c, 4u) + dot_block(w_0, w_1, c, 6u);
  }
  if (GROUPED && params.group_shift != UNGROUPED) {
    let at = rows * (params.k >> params.group_shift) + vec2u((c * CELL_COLUMNS) >> params.group_shift);
    y *= vec2f(row_scale[at.x], row_scale[at.y]);
  }
  return y;
}

// What the sum of a row is still to be multiplied by, besides the norm's factor.
fn row_factor(row: u32) -> f32 {
  if (GROUPED && params.group_shift != UNGROUPED) {
    return 1.0;
  }
  return row_scale[row];
}
