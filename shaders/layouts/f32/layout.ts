// Layout F32: plain floats, row-major. For small tensors and as the reference of every other layout.

/** Columns of one cell (a vec4<u32>, 16 bytes). Columns of an F32 matrix must be a multiple. */
export const F32_CELL_COLUMNS = 4;

/** Bytes of one row. */
export function f32RowBytes(columns: number): number {
  return columns * 4;
}
