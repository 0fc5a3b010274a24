// matvec-float/rows: products of the same cell of ROWS rows (2 or 4) with the activations.
const CELL_SPANS = CELL_PARTS / SPAN_PARTS;

// Cell c of ROWS rows times x of a token, zeros beyond; scaled if scales_within(). A group that is no
// multiple of a cell splits cells.
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
  let split = params.group % CELL_COLUMNS != 0u;
  var sum = vec4f(0.0);
  for (var s = 0u; s < CELL_SPANS; s++) {
    var span = vec4f(0.0);
    for (var j = 0u; j < SPAN_PARTS; j++) {
      let i = s * SPAN_PARTS + j;
      let v = x[token * (params.k / 4u) + c * CELL_PARTS + i];
      span.x += dot(cell_part(w_0, i), v);
      span.y += dot(cell_part(w_1, i), v);
      if (ROWS > 2u) {
        span.z += dot(cell_part(w_2, i), v);
        span.w += dot(cell_part(w_3, i), v);
      }
    }
    if (split) {
      span = scale_rows(span, rows, c * CELL_PARTS + s * SPAN_PARTS, SPAN_PARTS, token);
    }
    sum += span;
  }
  if (scales_within() && !split) {
    sum = scale_rows(sum, rows, c * CELL_PARTS, CELL_PARTS, token);
  }
  return sum;
}
