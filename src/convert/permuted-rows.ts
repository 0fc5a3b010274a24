// Rows of q and k in the order of GGUF's `llama` and `olmo`: within a head of D rows, row 2i + j is row j * D / 2 + i of
// the checkpoint, so that interleaved rotary pairs give what half-split pairs gave.

import type { FloatRows } from './encode-tensor.ts';

/** A view of the same rows in GGUF order. `rows.rows` is heads times an even head size. */
export function permuteRows(rows: FloatRows, heads: number): FloatRows {
  const { columns } = rows;
  const headRows = rows.rows / heads;
  return {
    rows: rows.rows,
    columns,
    async readFloats(firstRow, rowCount, signal) {
      const firstHead = Math.floor(firstRow / headRows);
      const endHead = Math.ceil((firstRow + rowCount) / headRows);
      const start = firstHead * headRows;
      const stored = await rows.readFloats(start, (endHead - firstHead) * headRows, signal);
      const values = new Float32Array(rowCount * columns);
      for (let row = 0; row < rowCount; row++) {
        const inHead = (firstRow + row) % headRows;
        const head = firstRow + row - inHead;
        const from = head + (inHead % 2) * (headRows / 2) + Math.floor(inHead / 2) - start;
        values.set(stored.subarray(from * columns, (from + 1) * columns), row * columns);
      }
      return values;
    },
  };
}
