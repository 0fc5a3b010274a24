// block/rows-staged: as block/rows, with the activations staged in workgroup memory; the workgroup calls it
// together. The first weights are on their way while the activations are staged.
fn dot_codes(rows: vec2u, member: u32, lanes: u32, index: u32, size: u32) -> vec2f {
  let base = rows * (params.k / CELL_COLUMNS);
  var sum = vec2f(0.0);
  for (var first = 0u; first < params.k; first += STAGE_COLUMNS) {
    let end = min(first + STAGE_COLUMNS, params.k);
    let end_cell = end / CELL_COLUMNS;
    let c = first / CELL_COLUMNS + member;
    let early = load_cells(base, c, lanes, end_cell);
    if (first > 0u) {
      workgroupBarrier(); // everybody is done with the columns before
    }
    stage_columns(index, size, first, end);
    workgroupBarrier(); // publishes the staged columns
    sum += dot_range(early, rows, base, c, lanes, end_cell);
  }
  return sum * UNIT;
}

// Columns first..end, shared among the invocations of a workgroup of `size`.
fn stage_columns(index: u32, size: u32, first: u32, end: u32) {
  for (var span = first / 16u + index; span < end / 16u; span += size) {
    staged_codes[span % 512u] = q[span];
  }
  for (var b = first / 32u + index; b < end / 32u; b += size) {
    staged_scale[b % 256u] = act[b].x;
  }
}
