// common/reduce: tree reductions over the 256 invocations of a workgroup, through workgroup memory only.
const REDUCE_SIZE = 256u;
var<workgroup> reduce_sum: array<f32, 256>;
var<workgroup> reduce_max: array<f32, 256>;

// (sum of a, max of b) over the workgroup; every invocation must call it, and gets the result.
fn workgroup_sum_and_max(index: u32, a: f32, b: f32) -> vec2f {
  reduce_sum[index] = a;
  reduce_max[index] = b;
  workgroupBarrier(); // publishes all partial values
  for (var half = REDUCE_SIZE / 2u; half > 0u; half /= 2u) {
    if (index < half) {
      reduce_sum[index] += reduce_sum[index + half];
      reduce_max[index] = max(reduce_max[index], reduce_max[index + half]);
    }
    workgroupBarrier(); // publishes this level
  }
  let result = vec2f(reduce_sum[0], reduce_max[0]);
  workgroupBarrier(); // the arrays may be reused
  return result;
}
