// block/rows-lane: two whole rows by one invocation; joined with block/cell. Short code:
// adapters that compute on the CPU compile it for seconds otherwise, and have no use for loads in flight.
fn dot_both(rows: vec2u) -> vec2f {
  let cells = params.k / CELL_COLUMNS;
  var sum = vec2f(0.0);
  for (var c = 0u; c < cells; c++) {
    sum += dot_pair(w[rows.x * cells + c], w[rows.y * cells + c], c, rows);
  }
  return sum * UNIT;
}
