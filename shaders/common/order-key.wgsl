// common/order-key: floats as u32 in the same order, so that thresholds can be searched bit by bit or by
// histogram.
fn order_key(value: f32) -> u32 {
  let bits = bitcast<u32>(select(value, 0.0, value == 0.0)); // both zeros get the same key
  return select(bits | 0x80000000u, ~bits, (bits >> 31u) == 1u);
}

fn key_value(key: u32) -> f32 {
  return bitcast<f32>(select(~key, key ^ 0x80000000u, (key >> 31u) == 1u));
}
