// rotate-heads/naive: orthonormal Walsh-Hadamard rotation of every head, in place; its own inverse.
// x[T, H, Dh] = H x by blocks of the largest power of two that divides Dh
// Geometry: workgroup (head, token); 64 invocations load a word of four columns each,
//   32 write a cell of eight.
// Requires: nothing.  Dh % 4 == 0, Dh <= 256.
// Cost: reads and writes x once; bound by memory.
struct Params { heads: u32, head_dim: u32 }
@group(0) @binding(0) var<storage, read_write> x: array<vec4f>;         // [T, H, Dh/4]
@group(0) @binding(1) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let words = params.head_dim / 4u;
  let at = (group.y * params.heads + group.x) * words;
  if (index < words) {
    head_row[index] = x[at + index];
  }
  workgroupBarrier(); // publishes the head
  if (2u * index < words) {
    let columns = rotated_cell(index, params.head_dim);
    x[at + 2u * index] = columns.low;
    if (2u * index + 1u < words) {
      x[at + 2u * index + 1u] = columns.high;
    }
  }
}
