// sample for the CPU: temperature, top-k, top-p, min-p and the draw; see candidates.wgsl.
import { exp1, exp4 } from '../common/wasm/exp.as';
import { uniformNumber } from '../common/wasm/random.as';
import { scratch } from '../common/wasm/scratch.as';
import { State } from '../common/wasm/state.as';
import { CANDIDATE_CAP, CANDIDATES_BYTES, findCandidates, idOf, logitOf } from './candidates.as';

// Sums of the weights up to each candidate, f64.
// @ts-ignore: decorator
@inline
function sumsAt(): usize {
  return scratch() + CANDIDATES_BYTES;
}

/** common/settings.wgsl. */
// @ts-ignore: decorator
@unmanaged
class Settings {
  temperature: f32;
  topP: f32;
  minP: f32;
  repetitionPenalty: f32;
  topK: u32;
  seed: u32;
}

// @ts-ignore: decorator
@inline
function sumTo(i: u32): f64 {
  return load<f64>(sumsAt() + (i << 3));
}

// Weight of a logit relative to the best one.
// @ts-ignore: decorator
@inline
function weightOf(logit: f32, best: f32, temperature: f32): f32 {
  return exp1(max<f32>((logit - best) / temperature, -200));
}

// Sum of the weights of v logits.
function sumOfWeights(row: usize, v: u32, best: f32, temperature: f32): f64 {
  let low = f64x2.splat(0);
  let high = low;
  let i: u32 = 0;
  for (; i + 4 <= v; i += 4) {
    const shifted = f32x4.sub(v128.load(row + (<usize>i << 2)), f32x4.splat(best));
    const e = exp4(f32x4.max(f32x4.div(shifted, f32x4.splat(temperature)), f32x4.splat(-200)));
    low = f64x2.add(low, f64x2.promote_low_f32x4(e));
    high = f64x2.add(high, f64x2.promote_low_f32x4(i32x4.shuffle(e, e, 2, 3, 0, 1)));
  }
  const sums = f64x2.add(low, high);
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  for (; i < v; i++) sum += <f64>weightOf(load<f32>(row + (<usize>i << 2)), best, temperature);
  return sum;
}

// Of the first `count` candidates, how many have a running sum below `bound`.
function countBelow(bound: f64, count: u32): u32 {
  let i: u32 = 0;
  while (i < count && sumTo(i) < bound) i++;
  return i;
}

function draw(row: usize, v: u32, settings: Settings, number: f32): u32 {
  const temperature = max<f32>(settings.temperature, <f32>1e-6);
  const topK = settings.topK;
  const kept = min(topK === 0 ? CANDIDATE_CAP : min(topK, CANDIDATE_CAP), v);
  findCandidates(row, v, kept);
  const best = logitOf(0);
  let sum: f64 = 0;
  for (let i: u32 = 0; i < kept; i++) {
    sum += <f64>weightOf(logitOf(i), best, temperature);
    store<f64>(sumsAt() + (i << 3), sum);
  }
  let survivors = kept;
  if (settings.topP < 1) {
    const mass = topK === 0 ? sumOfWeights(row, v, best, temperature) : sum;
    survivors = min(countBelow(<f64>settings.topP * mass, kept) + 1, kept);
  }
  let likely: u32 = 1;
  while (likely < survivors && weightOf(logitOf(likely), best, temperature) >= settings.minP) likely++;
  const place = countBelow(<f64>number * sumTo(likely - 1), likely);
  return idOf(min(place, likely - 1));
}

/** Bindings and params of kernel.ts; the grid is the columns. */
export function sample(
  logits: usize,
  settings: usize,
  state: usize,
  chosen: usize,
  params: usize,
  columns: u32,
): void {
  const v = load<u32>(params);
  const stride = load<u32>(params, 4);
  const isParallel = load<u32>(params, 8) !== 0;
  const record = changetype<Settings>(settings);
  const step = changetype<State>(state).step;
  for (let c: u32 = 0; c < columns; c++) {
    const number = isParallel ? uniformNumber(record.seed + c, step) : uniformNumber(record.seed, step + c);
    store<u32>(chosen + (c << 2), draw(logits + (<usize>c * stride << 2), v, record, number));
  }
}
