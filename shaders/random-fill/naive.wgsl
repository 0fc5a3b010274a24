// random-fill/naive: random words of a device layout, from a counter-based generator.
// out[i] u32 = word(CONTENT, pcg(pcg(seed) + i)), i < N: ternary codes 0 (one half), +1 and -1 (a
//   quarter each), bits, nibbles, int8 without -128, f16, bf16 or f32 in (-scale, scale), or scale itself
// Layout: out is any of shaders/layouts, by CONTENT, see kernel.ts.
// Geometry: 256 invocations per workgroup, each writes every (256 * workgroups)-th word.
// Requires: nothing.  Overrides: CONTENT.
// Cost: writes 4 N bytes; bound by arithmetic or memory.
struct Params { n: u32, seed: u32, scale: f32 }
override CONTENT: u32 = 2u;
@group(0) @binding(0) var<storage, read_write> out: array<u32>;         // [N]
@group(0) @binding(1) var<uniform> params: Params;

const TERNARY = 0u;
const PLANES = 1u;
const BYTES = 3u;
const HALVES = 4u;
const FLOATS = 5u;
const CONSTANT = 6u;
const BRAIN_HALVES = 7u;

fn bits_at(i: u32) -> u32 {
  return pcg_hash(pcg_hash(params.seed) + i);
}

// -1023/1024 to 1023/1024 in steps that binary16 holds.
fn half_at(bits: u32) -> f32 {
  return f32(i32(bits & 2047u) - 1024 + i32((bits & 2047u) == 0u)) * 0x1p-10;
}

fn word_at(i: u32) -> u32 {
  let bits = bits_at(i);
  switch (CONTENT) {
    case TERNARY: {
      // Two bits each: 10 is no code, so its high bit is cleared.
      return bits & (((bits & 0x55555555u) << 1u) | 0x55555555u);
    }
    case PLANES: {
      // Both words of a pair are made of the same two numbers: a bit is in one of them at most.
      let sign = bits_at(i | 1u);
      let present = bits_at(i & ~1u);
      return present & select(sign, ~sign, (i & 1u) == 1u);
    }
    case BYTES: {
      // The byte 0x80 (-128) becomes 0x81.
      let low = bits & 0x7f7f7f7fu;
      let occupied = (low + 0x7f7f7f7fu) & 0x80808080u; // the high bit where the low seven are not all 0
      return bits | ((bits & ~occupied & 0x80808080u) >> 7u);
    }
    case HALVES: {
      return pack2x16float(vec2f(half_at(bits), half_at(bits >> 16u)) * params.scale);
    }
    case BRAIN_HALVES: {
      // The upper halves of two f32.
      let low = bitcast<u32>(half_at(bits) * params.scale) >> 16u;
      return low | (bitcast<u32>(half_at(bits >> 16u) * params.scale) & 0xffff0000u);
    }
    case FLOATS: {
      return bitcast<u32>((f32(bits >> 8u) - 8388607.5) * (params.scale * 0x1p-23));
    }
    case CONSTANT: {
      return bitcast<u32>(params.scale);
    }
    default: {
      return bits;
    }
  }
}

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let stride = groups.x * 256u;
  for (var i = id.x; i < params.n; i += stride) {
    out[i] = word_at(i);
  }
}
