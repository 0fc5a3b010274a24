// rms-norm-quantize-blocks/subgroup: as naive, with a subgroup reduction and one barrier instead of nine.
// q[T, K] i8 = rne(x * gain * 127 / a), scale[T, K / block] = a * r / 127, a = max(|x * gain|) of
//   the block, r = 1 / sqrt(mean(x^2) + epsilon); a block of zeros gives zeros
// Geometry: workgroup t handles token t; WG_SIZE invocations stride over words, then over blocks.
// Requires: subgroups (any size).  K % block == 0, block % 4 == 0.  Overrides: WG_SIZE (4..256).
// Cost: as naive; on CPU adapters the barriers saved are most of the time.
enable subgroups;
override WG_SIZE: u32 = 128u;
struct Params { k: u32, block: u32, epsilon: f32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;               // [T, K/4]
@group(0) @binding(1) var<storage, read> gain: array<vec4f>;            // [K/4]
@group(0) @binding(2) var<storage, read_write> q: array<u32>;           // [T, K/4] four i8 each
@group(0) @binding(3) var<storage, read_write> scale: array<f32>;       // [T, K / block]
@group(0) @binding(4) var<uniform> params: Params;

var<workgroup> partial: array<f32, 256>; // sum of each subgroup: at most one per invocation

@compute @workgroup_size(WG_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) lanes: u32,
) {
  let words = params.k / 4u;
  let base = group.x * words;
  var sum = 0.0;
  for (var i = index; i < words; i += WG_SIZE) {
    let v = x[base + i];
    sum += dot(v, v);
  }
  sum = subgroupAdd(sum);
  partial[index] = select(0.0, sum, lane == 0u);
  workgroupBarrier(); // publishes one sum per subgroup, zeros elsewhere
  var total = 0.0;
  for (var i = lane; i < WG_SIZE; i += lanes) {
    total += partial[i];
  }
  // The norm's factor r cancels out of the codes.
  let r = 1.0 / sqrt(subgroupAdd(total) / f32(params.k) + params.epsilon);
  let blocks = params.k / params.block;
  let block_words = params.block / 4u;
  for (var b = index; b < blocks; b += WG_SIZE) {
    let first = b * block_words;
    var largest = vec4f(0.0);
    for (var i = first; i < first + block_words; i++) {
      largest = max(largest, abs(x[base + i] * gain[i]));
    }
    let a = max(max(largest.x, largest.y), max(largest.z, largest.w));
    let to_code = 127.0 / max(a, 1e-30); // finite for blocks of zeros
    for (var i = first; i < first + block_words; i++) {
      q[base + i] = pack_int8(vec4i(round(x[base + i] * gain[i] * to_code)));
    }
    scale[group.x * blocks + b] = a * r / 127.0;
  }
}
