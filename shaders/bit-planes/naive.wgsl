// bit-planes/naive: transposes int8 activations into bit planes, the operand of the kernels of layout P.
// planes[T, K/32, p] bit b = bit p of q[T, 32 g + b]
// Geometry: one invocation per group of 32 columns; x = 64 groups, y = token.
// Requires: nothing.  K % 32 == 0.
// Cost: reads and writes T*K bytes; bound by latency.
struct Params { k: u32 }
@group(0) @binding(0) var<storage, read> q: array<vec4u>;            // [T, K/16] sixteen int8 each
@group(0) @binding(1) var<storage, read_write> planes: array<vec4u>; // [T, K/32, 2]: planes 0..3, 4..7
@group(0) @binding(2) var<uniform> params: Params;

// Bits p of the four bytes of a word, lowest byte first, as a number below 16.
fn gather(word: u32, p: u32) -> u32 {
  // The multiplication moves bits 0, 8, 16, 24 to 24, 25, 26, 27 without carries.
  return (((word >> p) & 0x01010101u) * 0x01020408u) >> 24u;
}

fn plane(a: vec4u, b: vec4u, p: u32) -> u32 {
  return gather(a.x, p) | (gather(a.y, p) << 4u) | (gather(a.z, p) << 8u) | (gather(a.w, p) << 12u)
    | (gather(b.x, p) << 16u) | (gather(b.y, p) << 20u) | (gather(b.z, p) << 24u) | (gather(b.w, p) << 28u);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let groups = params.k / 32u;
  let g = group.x * 64u + index;
  if (g >= groups) {
    return;
  }
  let at = 2u * (group.y * groups + g);
  let a = q[at];
  let b = q[at + 1u];
  planes[at] = vec4u(plane(a, b, 0u), plane(a, b, 1u), plane(a, b, 2u), plane(a, b, 3u));
  planes[at + 1u] = vec4u(plane(a, b, 4u), plane(a, b, 5u), plane(a, b, 6u), plane(a, b, 7u));
}
