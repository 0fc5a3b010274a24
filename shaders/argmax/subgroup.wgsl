// argmax/subgroup: as naive, with sixteen loads in flight, subgroup reductions and one barrier.
// chosen[C] = min { i : logits[C, i] = max logits[C] }
// Geometry: a workgroup per column C; WG_SIZE invocations stride over V.
// Requires: subgroups (any size).  Overrides: WG_SIZE (4..256).
// Cost: reads V logits once; bound by the bandwidth and latency of one workgroup.
enable subgroups;
override WG_SIZE: u32 = 256u;
struct Params { v: u32, stride: u32 }
@group(0) @binding(0) var<storage, read> logits: array<f32>;            // [C, stride]
@group(0) @binding(1) var<storage, read_write> chosen: array<u32>;      // [C] at least
@group(0) @binding(2) var<uniform> params: Params;

const NONE = -3.4e38;
const NOWHERE = 0xffffffffu; // larger than any index, so that it never wins a tie
var<workgroup> best_value: array<f32, 256>;
var<workgroup> best_index: array<u32, 256>;

@compute @workgroup_size(WG_SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(subgroup_invocation_id) lane: u32,
  @builtin(subgroup_size) lanes: u32,
) {
  let column = group.x * params.stride;
  var values = vec4f(NONE);
  var at = vec4u(NOWHERE);
  let rounded = params.v / (16u * WG_SIZE) * (16u * WG_SIZE);
  for (var i = index; i < rounded; i += 16u * WG_SIZE) {
    let a = four(column + i);
    let b = four(column + i + 4u * WG_SIZE);
    let c = four(column + i + 8u * WG_SIZE);
    let d = four(column + i + 12u * WG_SIZE);
    // The later of equal ones never wins.
    let late = select(vec4u(8u * WG_SIZE), vec4u(12u * WG_SIZE), d > c);
    let early = select(vec4u(0u), vec4u(4u * WG_SIZE), b > a);
    let c_d = max(c, d);
    let a_b = max(a, b);
    let best_of_four = max(a_b, c_d);
    let better = best_of_four > values;
    values = select(values, best_of_four, better);
    let first = vec4u(i, i + WG_SIZE, i + 2u * WG_SIZE, i + 3u * WG_SIZE);
    at = select(at, first + select(early, late, c_d > a_b), better);
  }
  for (var i = rounded + index; i < params.v; i += WG_SIZE) {
    let logit = logits[column + i];
    if (logit > values.x) {
      values.x = logit;
      at.x = i;
    }
  }
  let value = max(max(values.x, values.y), max(values.z, values.w));
  let winners = select(vec4u(NOWHERE), at, values == vec4f(value));
  let winner = min(min(winners.x, winners.y), min(winners.z, winners.w));
  let largest = subgroupMax(value);
  let lowest = subgroupMin(select(NOWHERE, winner, value == largest));
  best_value[index] = largest;
  best_index[index] = lowest;
  workgroupBarrier(); // publishes the best of each subgroup
  var best = NONE;
  var best_at = NOWHERE;
  for (var i = lane; i < WG_SIZE; i += lanes) {
    if (best_value[i] > best || (best_value[i] == best && best_index[i] < best_at)) {
      best = best_value[i];
      best_at = best_index[i];
    }
  }
  let overall = subgroupMax(best);
  let overall_at = subgroupMin(select(NOWHERE, best_at, best == overall));
  if (index == 0u) {
    chosen[group.x] = min(overall_at, params.v - 1u);
  }
}

fn four(i: u32) -> vec4f {
  return vec4f(logits[i], logits[i + WG_SIZE], logits[i + 2u * WG_SIZE], logits[i + 3u * WG_SIZE]);
}
