// copy/naive: copies N vec4<u32> from one buffer to another.
// out[N] vec4u = source[N]
// Geometry: 256 invocations per workgroup, each copies every (256 * workgroups)-th element.
// Requires: nothing.
// Cost: reads and writes 16 N bytes; measures the device's copy bandwidth.
struct Params { n: u32 }
@group(0) @binding(0) var<storage, read> source: array<vec4u>;          // [N]
@group(0) @binding(1) var<storage, read_write> out: array<vec4u>;       // [N]
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let stride = groups.x * 256u;
  for (var i = id.x; i < params.n; i += stride) {
    out[i] = source[i];
  }
}
