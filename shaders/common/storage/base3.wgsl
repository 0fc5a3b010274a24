// storage/base3: ternary digits of four bytes at once; digit n of a byte B is ((B * 3^n mod 256) * 3) >> 8.

// Digit n (0 to 4) of each byte, less 1, as i8.
fn base3_codes(word: u32, n: u32) -> u32 {
  var power = 1u;
  for (var i = 0u; i < n; i++) {
    power *= 3u;
  }
  // Two bytes per word with room above each.
  let even = ((word & 0x00ff00ffu) * power) & 0x00ff00ffu;
  let odd = (((word >> 8u) & 0x00ff00ffu) * power) & 0x00ff00ffu;
  let digits = (((even * 3u) >> 8u) & 0x00030003u) | ((odd * 3u) & 0x03000300u);
  return subtract_lanes(digits, 0x01010101u);
}
