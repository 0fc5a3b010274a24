// block/rows-early: cells of two rows whose loads go out before the activations are there; joined with
// block/cell.

// Four cells of two rows, a whole team apart.
struct Cells {
  at: vec4u, // their indices in the row
  live: vec4<bool>,
  a_0: vec4u, a_1: vec4u, a_2: vec4u, a_3: vec4u,
  b_0: vec4u, b_1: vec4u, b_2: vec4u, b_3: vec4u,
}

// Cells c, c + lanes, ... Beyond `end` the last cell before it is loaded again, and counts for nothing: no
// branch keeps loads from going out together.
fn load_cells(base: vec2u, c: u32, lanes: u32, end: u32) -> Cells {
  let wanted = vec4u(c, c + lanes, c + 2u * lanes, c + 3u * lanes);
  let at = min(wanted, vec4u(end - 1u));
  return Cells(at, wanted < vec4u(end),
    w[base.x + at.x], w[base.x + at.y], w[base.x + at.z], w[base.x + at.w],
    w[base.y + at.x], w[base.y + at.y], w[base.y + at.z], w[base.y + at.w]);
}

fn dot_cells(cells: Cells, rows: vec2u) -> vec2f {
  let none = vec2f(0.0);
  return select(none, dot_pair(cells.a_0, cells.b_0, cells.at.x, rows), cells.live.x)
    + select(none, dot_pair(cells.a_1, cells.b_1, cells.at.y, rows), cells.live.y)
    + select(none, dot_pair(cells.a_2, cells.b_2, cells.at.z, rows), cells.live.z)
    + select(none, dot_pair(cells.a_3, cells.b_3, cells.at.w, rows), cells.live.w);
}

// Cells c, c + lanes, ... before `end`, of which the first four are here or on their way, as are the next
// four while four are computed with.
fn dot_range(early: Cells, rows: vec2u, base: vec2u, c: u32, lanes: u32, end: u32) -> vec2f {
  var cells = early;
  var next_c = c + 4u * lanes;
  var sum = vec2f(0.0);
  loop {
    let next = load_cells(base, next_c, lanes, end);
    sum += dot_cells(cells, rows);
    if (next_c >= end) {
      break;
    }
    cells = next;
    next_c += 4u * lanes;
  }
  return sum;
}
