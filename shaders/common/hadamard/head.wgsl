// hadamard/head: rotation of one head by blocks of the largest power of two that divides its size,
//   one cell (8 columns) per call. H of a block is H8 within cells times signs between them,
//   (-1)^popcount(i & j): so the cells are added with their signs first and turned last, which needs no
//   barrier beyond the one that publishes the head.
var<workgroup> head_row: array<vec4f, 64>; // the head, Dh / 4 words, Dh <= 256

// Orthonormal; columns beyond the head are zero.
fn rotated_cell(cell: u32, head_dim: u32) -> Columns {
  let block = head_dim & (~head_dim + 1u);
  if (block < 8u) { // blocks of 4: a cell has two, or the last one
    var high = vec4f(0.0);
    if (2u * cell + 1u < head_dim / 4u) {
      high = hadamard_4(head_row[2u * cell + 1u]) * 0.5;
    }
    return Columns(hadamard_4(head_row[2u * cell]) * 0.5, high);
  }
  let cells = block / 8u;
  let place = cell % cells;
  var low = vec4f(0.0);
  var high = vec4f(0.0);
  for (var c = 0u; c < cells; c++) {
    let sign = select(1.0, -1.0, (countOneBits(c & place) & 1u) == 1u);
    let word = 2u * (cell - place + c);
    low += sign * head_row[word];
    high += sign * head_row[word + 1u];
  }
  low = hadamard_4(low);
  high = hadamard_4(high);
  let factor = 1.0 / sqrt(f32(block));
  return Columns((low + high) * factor, (low - high) * factor);
}
