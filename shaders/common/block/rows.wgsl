// block/rows: the share of one member of a team in two rows; joined with block/cell and block/direct.

// Share of member `member` of a team of `lanes` in the products of two rows: cells member, member + lanes,
// ...
// Four at a time while there are as many: eight loads of weights in flight. Without the scale of ungrouped
// rows, see row_factor. `index` and `size` of the workgroup are for other parts that dot_codes may come from.
fn dot_codes(rows: vec2u, member: u32, lanes: u32, index: u32, size: u32) -> vec2f {
  let cells = params.k / CELL_COLUMNS;
  let base = rows * cells;
  var sum = vec2f(0.0);
  var c = member;
  for (; c + 3u * lanes < cells; c += 4u * lanes) {
    let at = vec4u(c, c + lanes, c + 2u * lanes, c + 3u * lanes);
    let a_0 = w[base.x + at.x];
    let b_0 = w[base.y + at.x];
    let a_1 = w[base.x + at.y];
    let b_1 = w[base.y + at.y];
    let a_2 = w[base.x + at.z];
    let b_2 = w[base.y + at.z];
    let a_3 = w[base.x + at.w];
    let b_3 = w[base.y + at.w];
    sum += dot_pair(a_0, b_0, at.x, rows) + dot_pair(a_1, b_1, at.y, rows)
      + dot_pair(a_2, b_2, at.z, rows) + dot_pair(a_3, b_3, at.w, rows);
  }
  for (; c < cells; c += lanes) {
    sum += dot_pair(w[base.x + c], w[base.y + c], c, rows);
  }
  return sum * UNIT;
}
