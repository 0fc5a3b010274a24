// repack-row-scales/naive: one invocation per row: the scale that all groups of the row share.
// row_scale[row] = the scale of its groups that is not zero; two different ones set bit 1 of flags[flag]
// Geometry: workgroups of 64 rows.
// Requires: nothing.
// Cost: reads the scales once; small.
struct Params { groups: u32, rows: u32, first_row: u32, flag: u32 }
@group(0) @binding(0) var<storage, read> scales: array<u32>;               // [rows, groups] bits of f32
@group(0) @binding(1) var<storage, read_write> row_scale: array<u32>;      // bits of f32, from first_row on
@group(0) @binding(2) var<storage, read_write> flags: array<atomic<u32>>;  // one word per tensor
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let row = (group.x + group.y * grid.x) * 64u + index;
  if (row >= params.rows) {
    return;
  }
  var scale = 0u;
  for (var g = 0u; g < params.groups; g++) {
    let bits = scales[row * params.groups + g];
    if ((bits & 0x7fffffffu) != 0u && bits != scale) {
      if (scale != 0u) {
        atomicOr(&flags[params.flag], 2u);
      }
      scale = bits;
    }
  }
  row_scale[params.first_row + row] = scale;
}
