// matvec-float/scale-rows: scales and minima of groups within a row.
// scale * sum + minimum * (sum of x), with the scales of the group that holds column 4 * first,
//   over 4 * parts columns.
fn scale_rows(sum: vec4f, rows: vec4u, first: u32, parts: u32, token: u32) -> vec4f {
  let at = rows * (params.k / params.group) + vec4u(4u * first / params.group);
  var y = sum * vec4f(row_scale[at.x], row_scale[at.y], row_scale[at.z], row_scale[at.w]);
  if (params.minima != 0u) {
    var x_sum = 0.0;
    for (var i = 0u; i < parts; i++) {
      x_sum += dot(x[token * (params.k / 4u) + first + i], vec4f(1.0));
    }
    y += x_sum * vec4f(row_min[at.x], row_min[at.y], row_min[at.z], row_min[at.w]);
  }
  return y;
}
