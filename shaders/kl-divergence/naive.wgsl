// kl-divergence/naive: divergence of the distribution q from the distribution p, row by row.
// out[row] = sum over i of p_i * (exp(d_i) - 1 - d_i), d_i = log q_i - log p_i; equal to the sum of
//   -p_i * d_i since both sum to 1, but no term is negative, so that nothing cancels
// Geometry: workgroup t handles row t; 256 invocations stride over V, then a tree.
// Requires: nothing.
// Cost: reads two rows of logits once; small beside the products that made them.
struct Params { v: u32 }
@group(0) @binding(0) var<storage, read> p_logits: array<f32>;          // [T, V]
@group(0) @binding(1) var<storage, read> p_log_sum_exp: array<f32>;     // [T]
@group(0) @binding(2) var<storage, read> q_logits: array<f32>;          // [T, V]
@group(0) @binding(3) var<storage, read> q_log_sum_exp: array<f32>;     // [T]
@group(0) @binding(4) var<storage, read_write> out: array<f32>;         // [T]
@group(0) @binding(5) var<uniform> params: Params;

const SMALL = 0.25; // below, the polynomial of degree 7 is exact in f32

// exp(d) - 1 - d by its series
fn excess(d: f32) -> f32 {
  let tail = 1.0 / 120.0 + d * (1.0 / 720.0 + d / 5040.0);
  return d * d * (1.0 / 2.0 + d * (1.0 / 6.0 + d * (1.0 / 24.0 + d * tail)));
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let row = group.x;
  let base = row * params.v;
  let p_sum = p_log_sum_exp[row];
  let q_sum = q_log_sum_exp[row];
  var sum = 0.0;
  for (var i = index; i < params.v; i += 256u) {
    let log_p = p_logits[base + i] - p_sum;
    let log_q = q_logits[base + i] - q_sum;
    let d = log_q - log_p;
    let p = exp(log_p);
    if (abs(d) < SMALL) {
      sum += p * excess(d);
    } else {
      sum += exp(log_q) - p - p * d;
    }
  }
  let total = workgroup_sum_and_max(index, sum, 0.0).x;
  if (index == 0u) {
    out[row] = total;
  }
}
