// hadamard/transform: butterflies over the 256 invocations of a workgroup, four consecutive values each, by
//   the exchange joined. Sylvester's matrix: H[i, j] = (-1)^popcount(i & j), here without the factor 1 /
//   sqrt(block).
const CHUNK_COLUMNS = 1024u; // values of a workgroup
const CHUNK_WORDS = 256u; // vec4f of a workgroup

// H v of blocks of `block` (a power of two, 4..1024) consecutive values; all invocations must call it.
fn hadamard(index: u32, v: vec4f, block: u32, limit: u32) -> vec4f {
  var y = hadamard_4(v);
  for (var h = 1u; h < block / 4u; h *= 2u) {
    let other = exchange(index, y, h, limit);
    y = other + select(y, -y, (index & h) != 0u);
  }
  return y;
}

// Largest element of v among `team` (a power of two) consecutive invocations; all invocations must call it.
fn team_max(index: u32, v: vec4f, team: u32, limit: u32) -> f32 {
  var largest = max(max(v.x, v.y), max(v.z, v.w));
  for (var h = 1u; h < team; h *= 2u) {
    largest = max(largest, exchange(index, vec4f(largest), h, limit).x);
  }
  return largest;
}

// Sum of v over the workgroup; all invocations must call it.
fn workgroup_sum(index: u32, v: f32, limit: u32) -> f32 {
  var sum = v;
  for (var h = 1u; h < CHUNK_WORDS; h *= 2u) {
    sum += exchange(index, vec4f(sum), h, limit).x;
  }
  return sum;
}
