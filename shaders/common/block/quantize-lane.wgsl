// block/quantize-lane: block/quantize for one invocation that has all 32 values: no barrier.
// Joined with common/int8; the kernel declares q_out and act_out.
fn quantize_alone(block: u32, y: array<vec4f, 8>, gains: array<vec4f, 8>) {
  var values = y;
  var gained = gains;
  var squares = vec4f(0.0);
  var largest = vec4f(0.0);
  for (var i = 0u; i < 8u; i++) {
    squares += values[i] * values[i];
    gained[i] *= values[i];
    largest = max(largest, abs(gained[i]));
  }
  let a = max(max(largest.x, largest.y), max(largest.z, largest.w));
  let to_code = 127.0 / max(a, 1e-30); // finite for blocks of zeros
  for (var i = 0u; i < 8u; i++) {
    q_out[block * 8u + i] = pack_int8(vec4i(round(gained[i] * to_code)));
  }
  act_out[block] = vec2f(a / 127.0, squares.x + squares.y + squares.z + squares.w);
}
