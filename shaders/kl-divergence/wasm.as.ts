// kl-divergence for the CPU: see naive.wgsl for the formula.
import { exp4 } from '../common/wasm/exp.as';
import { sumF32 } from '../common/wasm/lanes.as';

/** Bytes of logits whose terms are summed in f32 before they join a sum in f64. */
const RUN: usize = 4096;
/** Below this |d| the polynomial of degree 7 is exact in f32. */
const SMALL: f32 = <f32>0.25;

/** Bindings and params of kernel.ts; the grid is the tokens. */
export function klDivergence(
  pLogits: usize,
  pLogSumExp: usize,
  qLogits: usize,
  qLogSumExp: usize,
  out: usize,
  params: usize,
  tokens: u32,
): void {
  const bytes = <usize>load<u32>(params) << 2;
  for (let row: usize = 0; row < tokens; row++) {
    const pSum = v128.load32_splat(pLogSumExp + (row << 2));
    const qSum = v128.load32_splat(qLogSumExp + (row << 2));
    const p = pLogits + row * bytes;
    const q = qLogits + row * bytes;
    let total: f64 = 0;
    let at: usize = 0;
    while (at + 16 <= bytes) {
      let four = f32x4.splat(0);
      for (const stop = min(bytes, at + RUN); at + 16 <= stop; at += 16) {
        const logP = f32x4.sub(v128.load(p + at), pSum);
        const logQ = f32x4.sub(v128.load(q + at), qSum);
        four = f32x4.add(four, terms(logP, logQ));
      }
      total += sumF32(four);
    }
    for (; at < bytes; at += 4) {
      const logP = f32x4.sub(v128.load32_splat(p + at), pSum);
      const logQ = f32x4.sub(v128.load32_splat(q + at), qSum);
      total += f32x4.extract_lane(terms(logP, logQ), 0);
    }
    store<f32>(out + (row << 2), <f32>total);
  }
}

/** p (exp(d) - 1 - d), d = log q - log p. */
function terms(logP: v128, logQ: v128): v128 {
  const d = f32x4.sub(logQ, logP);
  const p = exp4(logP);
  const far = f32x4.sub(f32x4.sub(exp4(logQ), p), f32x4.mul(p, d));
  return v128.bitselect(f32x4.mul(p, excess(d)), far, f32x4.lt(f32x4.abs(d), f32x4.splat(SMALL)));
}

/** exp(d) - 1 - d by its series. */
function excess(d: v128): v128 {
  let e = f32x4.add(f32x4.splat(1.0 / 720), f32x4.mul(d, f32x4.splat(1.0 / 5040)));
  e = f32x4.add(f32x4.splat(1.0 / 120), f32x4.mul(d, e));
  e = f32x4.add(f32x4.splat(1.0 / 24), f32x4.mul(d, e));
  e = f32x4.add(f32x4.splat(1.0 / 6), f32x4.mul(d, e));
  e = f32x4.add(f32x4.splat(0.5), f32x4.mul(d, e));
  return f32x4.mul(f32x4.mul(d, d), e);
}
