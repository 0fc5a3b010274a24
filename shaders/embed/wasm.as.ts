// embed for the CPU: rows of one shard of the table by token id, decoded into the output.
import { B1, BF16, bytesOfColumns, F16, F32, T2, W4, W8 } from '../common/wasm/float-cells.as';
import { decodeRow } from '../common/wasm/decode-row.as';
import { scratch, SCRATCH_BYTES } from '../common/wasm/scratch.as';

/** Columns that are decoded at once: those that are added to the output must fit into the scratch. */
const CHUNK: u32 = <u32>(SCRATCH_BYTES >> 2);

/** Inlined once per layout. */
// @ts-ignore: decorator
@inline
function embed(
  layout: i32,
  ids: usize,
  w: usize,
  rowScale: usize,
  rowMin: usize,
  out: usize,
  params: usize,
): void {
  const k = load<u32>(params);
  const group = load<u32>(params, 4);
  const firstRow = load<u32>(params, 8);
  const rowCount = load<u32>(params, 12);
  const hasMinima = load<u32>(params, 16) !== 0;
  const accumulate = load<u32>(params, 20) !== 0;
  const tokens = load<u32>(params, 24);
  const rowBytes = bytesOfColumns(layout, k);
  const scaleBytes = <usize>(k / group) << 2;
  const decoded = scratch();
  for (let t: u32 = 0; t < tokens; t++) {
    // An id below the shard wraps around to a large number, so one comparison serves both ends.
    const local = load<u32>(ids + (t << 2)) - firstRow;
    if (local >= rowCount) continue;
    const row: usize = local;
    const cells = w + row * rowBytes;
    const scales = rowScale + row * scaleBytes;
    const minima = hasMinima ? rowMin + row * scaleBytes : 0;
    const to = out + ((<usize>t * k) << 2);
    for (let c: u32 = 0; c < k; c += CHUNK) {
      const end = min(k, c + CHUNK);
      const chunk = to + (<usize>c << 2);
      decodeRow(layout, cells, scales, minima, group, c, end, accumulate ? decoded : chunk);
      if (accumulate) add(decoded, chunk, end - c);
    }
  }
}

/** to[i] += from[i], i < count, a multiple of 4. */
function add(from: usize, to: usize, count: u32): void {
  for (let i: usize = 0; i < <usize>count << 2; i += 16) {
    v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(from + i)));
  }
}

/** Bindings and params of kernel.ts; layout F32. */
export function embedF32(ids: usize, w: usize, rowScale: usize, rowMin: usize, out: usize, params: usize): void {
  embed(F32, ids, w, rowScale, rowMin, out, params);
}

/** Bindings and params of kernel.ts; layout F16. */
export function embedF16(ids: usize, w: usize, rowScale: usize, rowMin: usize, out: usize, params: usize): void {
  embed(F16, ids, w, rowScale, rowMin, out, params);
}

/** Bindings and params of kernel.ts; layout BF16. */
export function embedBF16(ids: usize, w: usize, rowScale: usize, rowMin: usize, out: usize, params: usize): void {
  embed(BF16, ids, w, rowScale, rowMin, out, params);
}

/** Bindings and params of kernel.ts; layout W8. */
export function embedW8(ids: usize, w: usize, rowScale: usize, rowMin: usize, out: usize, params: usize): void {
  embed(W8, ids, w, rowScale, rowMin, out, params);
}

/** Bindings and params of kernel.ts; layout W4. */
export function embedW4(ids: usize, w: usize, rowScale: usize, rowMin: usize, out: usize, params: usize): void {
  embed(W4, ids, w, rowScale, rowMin, out, params);
}

/** Bindings and params of kernel.ts; layout T2. */
export function embedT2(ids: usize, w: usize, rowScale: usize, rowMin: usize, out: usize, params: usize): void {
  embed(T2, ids, w, rowScale, rowMin, out, params);
}

/** Bindings and params of kernel.ts; layout B1. */
export function embedB1(ids: usize, w: usize, rowScale: usize, rowMin: usize, out: usize, params: usize): void {
  embed(B1, ids, w, rowScale, rowMin, out, params);
}
