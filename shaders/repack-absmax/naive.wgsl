// repack-absmax/naive: one invocation per 64 columns of a row, joined by an atomic maximum.
// peak[row] = max(peak[row], bits of max |value|): bits of positive floats order as integers
// Geometry: workgroups of 64 runs, all rows in one row of runs.
// Requires: nothing.  K % 4 == 0.  The caller clears peak.
// Cost: reads the bytes once; bound by memory.
struct Params { k: u32, rows: u32, row_bytes: u32 }
@group(0) @binding(0) var<storage, read> raw: array<u32>;                 // rows, from byte 0
@group(0) @binding(1) var<storage, read_write> peak: array<atomic<u32>>;  // [rows]
@group(0) @binding(2) var<uniform> params: Params;

const RUN_COLUMNS = 64u;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let i = (group.x + group.y * grid.x) * 64u + index;
  let row_runs = (params.k + RUN_COLUMNS - 1u) / RUN_COLUMNS;
  if (i >= params.rows * row_runs) {
    return;
  }
  let row = i / row_runs;
  let first = (i % row_runs) * RUN_COLUMNS;
  var largest = vec4u(0u);
  for (var c = first; c < min(first + RUN_COLUMNS, params.k); c += 4u) {
    largest = max(largest, row_values(row * params.row_bytes, c) & vec4u(0x7fffffffu));
  }
  atomicMax(&peak[row], max(max(largest.x, largest.y), max(largest.z, largest.w)));
}
