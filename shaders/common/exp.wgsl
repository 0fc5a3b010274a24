// common/exp: e^x within 2e-7 relative for x in [-87, 88]; zero below.
// The built-in is ten times coarser on CPU adapters, and its error flips int8 codes downstream.
// Cody-Waite reduction by ln 2, then a Taylor polynomial on [-0.35, 0.35].
fn exp_accurate(x: f32) -> f32 {
  let bounded = clamp(x, -87.0, 88.0);
  let n = round(bounded * 1.44269504);
  // ln 2 in two parts: the first has trailing zeros, so that n times it is exact.
  let r = (bounded - n * 0.693145751953125) - n * 1.428606765330187e-6;
  var p = 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  let e = 1.0 + (r + r * r * p);
  return select(0.0, ldexp(e, i32(n)), x >= -87.0);
}
