// storage/f32: IEEE binary32 values.
fn row_values(at: u32, c: u32) -> vec4u {
  let first = at / 4u + c;
  return vec4u(raw[first], raw[first + 1u], raw[first + 2u], raw[first + 3u]);
}
