// repack/naive: one invocation per cell of 16 bytes; the first cell of a group writes its scale and minimum.
// cells, scales and minima of a window of rows from the bytes of a storage format; a ternary code of 3
//   sets bit 0 of flags[flag]
// Geometry: workgroups of 64 cells, all rows in one row of cells.
// Requires: nothing.  K is a multiple of a cell and of a block; a group is a multiple of a cell.
// Cost: reads the bytes several times, mostly from cache, and writes each cell once; bound by memory.
struct Params { k: u32, rows: u32, cell_row: u32, scale_row: u32, flag: u32 }
@group(0) @binding(0) var<storage, read> raw: array<u32>;           // rows of blocks, from byte 0
@group(0) @binding(1) var<storage, read_write> cells: array<vec4u>; // [rows, K / cell] from cell_row on
@group(0) @binding(2) var<storage, read_write> scales: array<u32>;  // f32 bits [rows, K / group]
@group(0) @binding(3) var<storage, read_write> minima: array<u32>;  // f32 bits [rows, K / group]
@group(0) @binding(4) var<storage, read_write> flags: array<atomic<u32>>; // a word per tensor
@group(0) @binding(5) var<uniform> params: Params;

var<private> invalid: u32 = 0u;

// Codes of four columns; remembers the code 2, which is what a stored 3 becomes in two-bit formats.
fn checked_codes(at: u32, c: u32) -> u32 {
  let codes = row_codes(at, c);
  if (IS_TERNARY) {
    invalid |= (codes >> 1u) & ~codes & 0x01010101u;
  }
  return codes;
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let i = (group.x + group.y * grid.x) * 64u + index;
  let row_cells = params.k / CELL_COLUMNS;
  if (i >= params.rows * row_cells) {
    return;
  }
  let row = i / row_cells;
  let c = (i % row_cells) * CELL_COLUMNS;
  let at = row * (params.k / BLOCK_COLUMNS) * BLOCK_BYTES;
  cells[params.cell_row * row_cells + i] = pack_cell(at, c);
  if (HAS_SCALES && c % GROUP_COLUMNS == 0u) {
    let slot = (params.scale_row + row) * (params.k / GROUP_COLUMNS) + c / GROUP_COLUMNS;
    scales[slot] = row_scale_bits(at, c);
    if (HAS_MINIMA) {
      minima[slot] = row_minimum_bits(at, c);
    }
  }
  if (invalid != 0u) {
    atomicOr(&flags[params.flag], 1u);
  }
}
