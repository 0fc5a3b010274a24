// Natural logarithm of one f64.

/**
 * log(x), x positive and normal: x = m 2^e with m in [sqrt(1/2), sqrt(2)), log m = 2 atanh(s), s = (m - 1) / (m + 1), by its
 * series up to s^13. |s| is below 0.1716, so the next term is below 5e-13.
 */
export function log1(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  // Counted from sqrt(1/2), whose bits these are.
  const e = (bits - 0x3fe6a09e667f3bcd) >> 52;
  const m = reinterpret<f64>(bits - (e << 52));
  const s = (m - 1) / (m + 1);
  const s2 = s * s;
  const tail = s2 * (1.0 / 7 + s2 * (1.0 / 9 + s2 * (1.0 / 11 + s2 * (1.0 / 13))));
  const series = 1 + s2 * (1.0 / 3 + s2 * (1.0 / 5 + tail));
  return <f64>e * 0.6931471805599453 + 2 * s * series;
}
