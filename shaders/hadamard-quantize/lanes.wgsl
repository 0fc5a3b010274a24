// hadamard-quantize/lanes: every invocation transforms whole blocks in memory of its own, without barriers.
// q[T, K] i8 = rne(z * 127 / a), scale[T, K / group] = a / 127, a = max(|z|) of the group, z = H y for every
//   block of columns, y = x * diagonal / rms(x), H orthonormal (Sylvester order)
// Geometry: workgroup t takes token t; its invocations stride over the blocks. One group: blocks are
//   transformed for the maximum, and again for the codes where an invocation has more than one.
// Requires: subgroups (any size); one that does not hold the workgroup leaves all work to one invocation.
//   K % block == 0, block a power of two, 32..1024.  Overrides: WG_SIZE (1..32, power of two).
// Cost: 4 KiB of private memory per invocation, for CPU adapters only; bound by instructions.
enable subgroups;
override WG_SIZE: u32 = 4u;
@group(0) @binding(0) var<storage, read> x: array<vec4f>;               // [T, K/4]
@group(0) @binding(1) var<storage, read> diagonal: array<vec4f>;        // [K/4] if params.diagonal
@group(0) @binding(2) var<storage, read_write> q: array<u32>;           // [T, K/4] four i8 each
@group(0) @binding(3) var<storage, read_write> scale: array<f32>;       // [T, K / group]
@group(0) @binding(4) var<uniform> params: Params;

var<private> z: array<vec4f, 256>; // one block

// z = H of the block whose first word is `first`, without 1 / sqrt(block).
fn transform(base: u32, first: u32) {
  let words = params.block / 4u;
  for (var i = 0u; i < words; i++) {
    z[i] = hadamard_4(scaled_input(base, first + i));
  }
  var h = 1u;
  if (countTrailingZeros(words) % 2u == 1u) {
    for (var i = 0u; i < words; i += 2u) {
      let a = z[i];
      let b = z[i + 1u];
      z[i] = a + b;
      z[i + 1u] = a - b;
    }
    h = 2u;
  }
  // Two stages at a time: index n counts the words whose bits of both stages are zero.
  for (; h < words; h *= 4u) {
    for (var n = 0u; n < words / 4u; n++) {
      let i = (n / h) * 4u * h + n % h;
      let sum = z[i] + z[i + h];
      let difference = z[i] - z[i + h];
      let sum_2 = z[i + 2u * h] + z[i + 3u * h];
      let difference_2 = z[i + 2u * h] - z[i + 3u * h];
      z[i] = sum + sum_2;
      z[i + h] = difference + difference_2;
      z[i + 2u * h] = sum - sum_2;
      z[i + 3u * h] = difference - difference_2;
    }
  }
}

// Largest magnitude among words [first, first + count) of z.
fn largest_of(first: u32, count: u32) -> f32 {
  var largest = vec4f(0.0);
  for (var i = first; i < first + count; i++) {
    largest = max(largest, abs(z[i]));
  }
  return max(max(largest.x, largest.y), max(largest.z, largest.w));
}

fn write_codes(at: u32, first: u32, count: u32, largest: f32) {
  let to_code = 127.0 / max(largest, 1e-30);
  for (var i = first; i < first + count; i++) {
    q[at + i] = pack_int8(vec4i(round(z[i] * to_code)));
  }
}

@compute @workgroup_size(WG_SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let words = params.k / 4u;
  let block_words = params.block / 4u;
  let base = group.x * words;
  let together = subgroupAdd(1u) == WG_SIZE;
  let step = select(1u, WG_SIZE, together);
  let works = together || index == 0u;
  let whole_row = params.group == params.k;
  var squares = vec4f(0.0);
  for (var i = index; i < select(0u, words, works && params.norm != 0u); i += step) {
    squares += x[base + i] * x[base + i];
  }
  var largest = 0.0;
  var held = words; // first word of the block in z
  let end = select(0u, words, works);
  let end_of_maxima = select(0u, end, whole_row);
  for (var first = index * block_words; first < end_of_maxima; first += step * block_words) {
    transform(base, first);
    held = first;
    largest = max(largest, largest_of(0u, block_words));
  }
  let alone = dot(squares, vec4f(1.0));
  let square_sum = select(alone, subgroupAdd(alone), together);
  let row_max = select(largest, subgroupMax(largest), together);
  let rms = sqrt(square_sum / f32(params.k) + params.epsilon);
  let factor = select(1.0, 1.0 / rms, params.norm != 0u) / sqrt(f32(params.block));
  // The floor of BitLinear: 1e-5 after norm and transform.
  largest = max(row_max, 1e-5 / factor);
  let part = select(params.group / 4u, block_words, whole_row);
  for (var first = index * block_words; first < end; first += step * block_words) {
    if (first != held) {
      transform(base, first);
      held = first;
    }
    for (var i = 0u; i < block_words; i += part) {
      if (!whole_row) {
        largest = largest_of(i, part);
        scale[(base + first + i) / part] = largest * factor / 127.0;
      }
      write_codes(base + first, i, part, largest);
    }
  }
  if (whole_row && index == 0u) {
    scale[group.x] = largest * factor / 127.0;
  }
}
