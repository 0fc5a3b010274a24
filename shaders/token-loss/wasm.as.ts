// token-loss for the CPU: see naive.wgsl for the formula.
import { exp1, exp4 } from '../common/wasm/exp.as';
import { maxF32, sumF32 } from '../common/wasm/lanes.as';
import { log1 } from '../common/wasm/log.as';

/** Bytes of logits whose exponentials are summed in f32 before they join a sum in f64. */
const RUN: usize = 4096;

/** Bindings and params of kernel.ts; the grid is the tokens. */
export function tokenLoss(
  logits: usize,
  targets: usize,
  loss: usize,
  logSumExp: usize,
  best: usize,
  params: usize,
  tokens: u32,
): void {
  const v = load<u32>(params);
  const bytes = <usize>v << 2;
  for (let row: usize = 0; row < tokens; row++) {
    const from = logits + row * bytes;
    const largest = largestOf(from, from + bytes);
    const logTotal = log1(sumOfExp(from, from + bytes, largest));
    const target = load<f32>(from + (<usize>load<u32>(targets + (row << 2)) << 2));
    store<f32>(loss + (row << 2), <f32>(logTotal + (<f64>largest - target)));
    store<f32>(logSumExp + (row << 2), <f32>(largest + logTotal));
    store<u32>(best + (row << 2), min(indexOf(from, v, largest), v - 1));
  }
}

/** Largest f32 in from .. end; NaN if there is one, so that the loss is NaN. */
function largestOf(from: usize, end: usize): f32 {
  let at = from;
  let four = f32x4.splat(<f32>-3.4e38);
  for (; at + 16 <= end; at += 16) four = f32x4.max(four, v128.load(at));
  let largest = maxF32(four);
  for (; at < end; at += 4) largest = max(largest, load<f32>(at));
  return largest;
}

/** Lowest index of a value, or v. */
function indexOf(from: usize, v: u32, value: f32): u32 {
  const wanted = f32x4.splat(value);
  let i: u32 = 0;
  while (i + 4 <= v && !v128.any_true(f32x4.eq(v128.load(from + (<usize>i << 2)), wanted))) i += 4;
  while (i < v && load<f32>(from + (<usize>i << 2)) !== value) i++;
  return i;
}

function sumOfExp(from: usize, end: usize, largest: f32): f64 {
  const shift = f32x4.splat(largest);
  let total: f64 = 0;
  let at = from;
  while (at + 16 <= end) {
    let four = f32x4.splat(0);
    for (const stop = min(end, at + RUN); at + 16 <= stop; at += 16) {
      four = f32x4.add(four, exp4(f32x4.sub(v128.load(at), shift)));
    }
    total += sumF32(four);
  }
  for (; at < end; at += 4) total += exp1(load<f32>(at) - largest);
  return total;
}
