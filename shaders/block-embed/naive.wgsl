// block-embed/naive: the row of the embedding table of ids[0], and the quantised input of the first layer.
// x[K] f32 = scale[id, k / group] * table[id, k];  q_out, act_out = x * gain in blocks of 32, with the sums
// of squares of x
// Layout: of the table by the part joined (cell_part).  K a multiple of a cell and of 32, group % 16 == 0.
// Geometry: workgroup = 32 columns, one invocation each.
// Requires: nothing.
// Cost: reads one row of the table; bound by latency.
struct Params { k: u32, group: u32, row_count: u32 }
@group(0) @binding(0) var<storage, read> ids: array<u32>;            // [>= 1]
@group(0) @binding(1) var<storage, read> w: array<vec4u>;            // [row_count, K / CELL_COLUMNS] cells
@group(0) @binding(2) var<storage, read> row_scale: array<f32>;      // [row_count, K / group]
@group(0) @binding(3) var<storage, read> gain: array<f32>;           // [K]
@group(0) @binding(4) var<storage, read_write> x: array<f32>;        // [K]
@group(0) @binding(5) var<storage, read_write> q_out: array<u32>;    // [K/4] four int8 each
@group(0) @binding(6) var<storage, read_write> act_out: array<vec2f>; // [K/32] (scale, sum of squares)
@group(0) @binding(7) var<uniform> params: Params;

@compute @workgroup_size(32)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let row = min(ids[0], params.row_count - 1u);
  let column = group.x * 32u + index;
  let cell = w[row * (params.k / CELL_COLUMNS) + column / CELL_COLUMNS];
  let four = cell_part(cell, (column % CELL_COLUMNS) / 4u);
  let scale = row_scale[row * (params.k / params.group) + column / params.group];
  let value = four[column % 4u] * scale;
  x[column] = value;
  quantize_block(index, group.x, value, gain[column]);
}
