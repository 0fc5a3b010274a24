// block/rows: the share of one member of a team in two rows; joined with block/cell.

// Share of member `member` of a team of `lanes` in the products of two rows: cells member, member + lanes,
// ...
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
