// block-embed/lanes: 32 columns per invocation, without barriers: for adapters that compute on the CPU.
// x[K] f32 = scale[id, k / group] * table[id, k];  q_out, act_out = x * gain in blocks of 32, with the sums
// of squares of x
// Layout: of the table by the part joined (cell_part).  K a multiple of a cell and of 32, group % 16 == 0.
// Geometry: workgroups of 8 blocks.
// Requires: nothing.
// Cost: reads one row of the table.
struct Params { k: u32, group: u32, row_count: u32 }
@group(0) @binding(0) var<storage, read> ids: array<u32>;            // [>= 1]
@group(0) @binding(1) var<storage, read> w: array<vec4u>;            // [row_count, K / CELL_COLUMNS] cells
@group(0) @binding(2) var<storage, read> row_scale: array<f32>;      // [row_count, K / group]
@group(0) @binding(3) var<storage, read> gain: array<vec4f>;         // [K/4]
@group(0) @binding(4) var<storage, read_write> x: array<vec4f>;      // [K/4]
@group(0) @binding(5) var<storage, read_write> q_out: array<u32>;    // [K/4] four int8 each
@group(0) @binding(6) var<storage, read_write> act_out: array<vec2f>; // [K/32] (scale, sum of squares)
@group(0) @binding(7) var<uniform> params: Params;

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let block = group.x * 8u + index;
  if (block >= params.k / 32u) {
    return;
  }
  let row = min(ids[0], params.row_count - 1u);
  var values = array<vec4f, 8>();
  var gains = array<vec4f, 8>();
  for (var i = 0u; i < 8u; i++) {
    let column = block * 32u + 4u * i;
    let cell = w[row * (params.k / CELL_COLUMNS) + column / CELL_COLUMNS];
    let scale = row_scale[row * (params.k / params.group) + column / params.group];
    values[i] = cell_part(cell, (column % CELL_COLUMNS) / 4u) * scale;
    gains[i] = gain[block * 8u + i];
    x[block * 8u + i] = values[i];
  }
  quantize_alone(block, values, gains);
}
