// embed/naive: gathers rows of the embedding table, for the ids that lie in this shard.
// out[T, K] f32 (+)= scale[id - first_row, k / group] * table[id - first_row, k] (+ minimum[id -
//   first_row, k / group])
// Layout: of the table by the part joined (cell_part).  K a multiple of a cell, group % 16 == 0.
// Geometry: workgroup t copies token t; 64 invocations stride over the cells of its row.
// Requires: nothing.
// Cost: reads T rows of the table; bound by latency.
struct Params {
  k: u32,
  group: u32,
  first_row: u32,
  row_count: u32,
  minima: u32,
  accumulate: u32, // 1: add to out, 0: replace it
  tokens: u32,
}
@group(0) @binding(0) var<storage, read> ids: array<u32>;            // [T]
@group(0) @binding(1) var<storage, read> w: array<vec4u>;            // [row_count, K / CELL_COLUMNS] cells
@group(0) @binding(2) var<storage, read> row_scale: array<f32>;      // [row_count, K / group]
// [row_count, K / group] if params.minima
@group(0) @binding(3) var<storage, read> row_min: array<f32>;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;    // [T, K/4]
@group(0) @binding(5) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let t = group.x;
  // An id below the shard wraps around to a large number, so one comparison serves both ends.
  let row = ids[t] - params.first_row;
  if (t >= params.tokens || row >= params.row_count) {
    return;
  }
  let cells = params.k / CELL_COLUMNS;
  let groups = params.k / params.group;
  for (var c = index; c < cells; c += 64u) {
    let cell = w[row * cells + c];
    for (var i = 0u; i < CELL_PARTS; i++) {
      let at = row * groups + (c * CELL_COLUMNS + 4u * i) / params.group;
      var v = cell_part(cell, i) * row_scale[at];
      if (params.minima != 0u) {
        v += vec4f(row_min[at]);
      }
      let o = (t * cells + c) * CELL_PARTS + i;
      if (params.accumulate != 0u) {
        v += out[o];
      }
      out[o] = v;
    }
  }
}
