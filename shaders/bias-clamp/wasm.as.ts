// bias-clamp for the CPU: see naive.wgsl for the formula.

/** Bindings and params of kernel.ts. */
export function biasClamp(bias: usize, y: usize, params: usize): void {
  const m = load<u32>(params);
  const tokens = load<u32>(params, 4);
  const limit = load<f32>(params, 8);
  const most = f32x4.splat(limit);
  const least = f32x4.splat(-limit);
  const bytes = <usize>m << 2;
  const whole = bytes & ~15;
  for (let t: usize = 0; t < tokens; t++) {
    const row = y + t * bytes;
    let at: usize = 0;
    for (; at < whole; at += 16) {
      const sum = f32x4.add(v128.load(row + at), v128.load(bias + at));
      v128.store(row + at, f32x4.min(f32x4.max(sum, least), most));
    }
    for (; at < bytes; at += 4) {
      store<f32>(row + at, min(max(load<f32>(row + at) + load<f32>(bias + at), -limit), limit));
    }
  }
}
