// storage/raw: bytes of a file in the u32 buffer `raw`, at even addresses; nothing here rounds or flushes.

// The 32-bit word at an even address.
fn raw_word(at: u32) -> u32 {
  let low = raw[at / 4u];
  if (at % 4u == 0u) {
    return low;
  }
  return (low >> 16u) | (raw[at / 4u + 1u] << 16u);
}

// The 16-bit number at an even address.
fn raw_half(at: u32) -> u32 {
  return (raw[at / 4u] >> (8u * (at % 4u))) & 0xffffu;
}

// The byte at any address.
fn raw_byte(at: u32) -> u32 {
  return (raw[at / 4u] >> (8u * (at % 4u))) & 0xffu;
}

// Bits of the f32 that equals a binary16, subnormals included: unpack2x16float may flush those.
fn half_bits(half: u32) -> u32 {
  let sign = (half & 0x8000u) << 16u;
  let exponent = (half >> 10u) & 31u;
  let mantissa = half & 0x3ffu;
  if (exponent == 0u) {
    if (mantissa == 0u) {
      return sign;
    }
    let shift = countLeadingZeros(mantissa) - 21u; // moves the leading one to bit 10
    return sign | ((113u - shift) << 23u) | (((mantissa << shift) & 0x3ffu) << 13u);
  }
  return sign | ((exponent + select(112u, 224u, exponent == 31u)) << 23u) | (mantissa << 13u);
}

// Subtracts the same number (0 to 127) from each byte (0 to 127); the results are i8.
fn subtract_lanes(lanes: u32, subtrahend: u32) -> u32 {
  return ((lanes | 0x80808080u) - subtrahend) ^ 0x80808080u;
}
