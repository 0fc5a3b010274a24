// repack-int8/naive: one invocation per 16 columns of a row; the first of a row writes its scale.
// code = 127 * value / peak, ties to even; scale = peak / 127: both exactly rounded, in integers alone
// Geometry: workgroups of 64 cells, all rows in one row of cells.
// Requires: nothing.  K % 16 == 0; peak holds the largest magnitude of each row.
// Cost: reads the bytes once, one integer division per column; bound by memory on GPUs.
struct Params { k: u32, rows: u32, row_bytes: u32, first_row: u32 }
@group(0) @binding(0) var<storage, read> raw: array<u32>;            // rows, from byte 0
@group(0) @binding(1) var<storage, read> peak: array<u32>;           // [rows] bits of f32
@group(0) @binding(2) var<storage, read_write> cells: array<vec4u>;  // W8 [rows, K/16] from first_row on
@group(0) @binding(3) var<storage, read_write> scales: array<u32>;   // [rows] bits of f32 from first_row on
@group(0) @binding(4) var<uniform> params: Params;

// (mantissa, biased exponent) of a magnitude: mantissa * 2^(exponent - 150).
fn split(bits: u32) -> vec2u {
  let exponent = bits >> 23u;
  let fraction = bits & 0x7fffffu;
  return select(vec2u(fraction | 0x800000u, exponent), vec2u(fraction, 1u), exponent == 0u);
}

// The int8 code of a value as a byte. `whole` counts halves of a step; what is left decides ties.
fn code_of(bits: u32, top: vec2u) -> u32 {
  let x = split(bits & 0x7fffffffu);
  let shift = min(top.y - x.y, 31u);
  let numerator = 254u * x.x; // below 2^32
  let shifted = numerator >> shift;
  let lost = numerator & ((1u << shift) - 1u);
  let whole = shifted / top.x;
  let rest = shifted - whole * top.x;
  var code = whole / 2u;
  if (whole % 2u == 1u && (rest != 0u || lost != 0u || code % 2u == 1u)) {
    code += 1u;
  }
  return select(code, 0u - code, bits >> 31u == 1u) & 0xffu;
}

fn cell_word(at: u32, c: u32, top: vec2u) -> u32 {
  let v = row_values(at, c);
  return code_of(v.x, top) | (code_of(v.y, top) << 8u) | (code_of(v.z, top) << 16u)
    | (code_of(v.w, top) << 24u);
}

// Bits of the f32 nearest to peak / 127. 127 is odd, so there are no ties.
fn scale_bits(top: vec2u) -> u32 {
  if (top.y <= 7u) { // may be subnormal: in units of 2^-149
    let units = top.x << (top.y - 1u);
    return units / 127u + u32(units % 127u > 63u);
  }
  let wide = top.x << 7u;
  if (wide / 127u < 0x1000000u) {
    return ((top.y - 8u) << 23u) + wide / 127u + u32(wide % 127u > 63u);
  }
  let narrow = top.x << 6u;
  return ((top.y - 7u) << 23u) + narrow / 127u + u32(narrow % 127u > 63u);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let i = (group.x + group.y * grid.x) * 64u + index;
  let row_cells = params.k / 16u;
  if (i >= params.rows * row_cells) {
    return;
  }
  let row = i / row_cells;
  let c = (i % row_cells) * 16u;
  let at = row * params.row_bytes;
  var word = vec4u(0u);
  let largest = peak[row];
  let top = split(largest);
  if (largest != 0u) {
    word = vec4u(
      cell_word(at, c, top), cell_word(at, c + 4u, top), cell_word(at, c + 8u, top),
      cell_word(at, c + 12u, top)
    );
  }
  cells[params.first_row * row_cells + i] = word;
  if (c == 0u) {
    scales[params.first_row + row] = select(scale_bits(top), 0u, largest == 0u);
  }
}
