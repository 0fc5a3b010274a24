// ffn-gate for the CPU: see naive.wgsl for the formula.
import { exp4 } from '../common/wasm/exp.as';

// @ts-ignore: decorator
@inline
function squaredRelu(gate: v128): v128 {
  const rectified = f32x4.pmax(f32x4.splat(0), gate);
  return f32x4.mul(rectified, rectified);
}

// exp(80) is finite in f32, and g * exp(-80) is already zero beside any other activation.
// @ts-ignore: decorator
@inline
function silu(gate: v128): v128 {
  const e = exp4(f32x4.pmin(f32x4.splat(80), f32x4.neg(gate)));
  return f32x4.div(gate, f32x4.add(f32x4.splat(1), e));
}

// `isSilu` is a constant.
// @ts-ignore: decorator
@inline
function gateRow(gate: usize, out: usize, f: u32, isSilu: bool): void {
  const up = gate + (<usize>f << 2);
  let i: u32 = 0;
  for (; i + 4 <= f; i += 4) {
    const at: usize = i << 2;
    const g = v128.load(gate + at);
    v128.store(out + at, f32x4.mul(isSilu ? silu(g) : squaredRelu(g), v128.load(up + at)));
  }
  for (; i < f; i++) {
    const at: usize = i << 2;
    const g = v128.load32_splat(gate + at);
    const y = f32x4.mul(isSilu ? silu(g) : squaredRelu(g), v128.load32_splat(up + at));
    v128.store32_lane(out + at, y, 0);
  }
}

/** Bindings and params of kernel.ts. */
export function ffnGate(gateUp: usize, out: usize, params: usize): void {
  const f = load<u32>(params);
  const tokens = load<u32>(params, 4);
  const isSilu = load<u32>(params, 8) === 1;
  for (let t: u32 = 0; t < tokens; t++) {
    const gate = gateUp + (<usize>t * f << 3);
    const to = out + (<usize>t * f << 2);
    if (isSilu) gateRow(gate, to, f, true);
    else gateRow(gate, to, f, false);
  }
}
