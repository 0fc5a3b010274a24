// hadamard/naive: block-wise Hadamard transform, butterflies through workgroup memory.
// out[T, K] f32 = H y for every block of columns, y = x * diagonal / rms(x), H orthonormal (Sylvester order)
// Geometry: workgroup (t, c) transforms chunk c of 1024 columns of token t; 256 invocations of four columns.
// Requires: nothing.  K % block == 0, block a power of two, 32..1024.
// Cost: log2(block) - 2 barriers per chunk; bound by latency.
@group(0) @binding(0) var<storage, read> x: array<vec4f>;               // [T, K/4]
@group(0) @binding(1) var<storage, read> diagonal: array<vec4f>;        // [K/4] if params.diagonal
@group(0) @binding(2) var<storage, read_write> out: array<vec4f>;       // [T, K/4]
@group(0) @binding(3) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  transform(group.xy, grid.y, index, 1u);
}
