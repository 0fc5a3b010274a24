// product/columns: eight consecutive columns of a head, a cell.
struct Columns {
  low: vec4f,
  high: vec4f,
}
