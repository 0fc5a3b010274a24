// block/quantize: 32 values of a workgroup to int8 with one scale, and their sum of squares before
// the gain. Joined with common/int8; the kernel declares q_out and act_out.
var<workgroup> block_values: array<f32, 32>;
var<workgroup> block_squares: array<f32, 32>;

// Every invocation of the workgroup calls it; the first 32 give y and its gain. One barrier.
// q_out[8 block..] = rne(y gain * 127 / a);  act_out[block] = (a / 127, sum of y^2);  a = max |y gain|
fn quantize_block(index: u32, block: u32, y: f32, gain: f32) {
  if (index < 32u) {
    block_values[index] = y * gain;
    block_squares[index] = y * y;
  }
  workgroupBarrier(); // publishes the values
  if (index >= 8u) {
    return;
  }
  var largest = 0.0;
  for (var i = 0u; i < 32u; i++) {
    largest = max(largest, abs(block_values[i]));
  }
  let to_code = 127.0 / max(largest, 1e-30); // finite for blocks of zeros
  let at = 4u * index;
  let v = vec4f(block_values[at], block_values[at + 1u], block_values[at + 2u], block_values[at + 3u]);
  q_out[block * 8u + index] = pack_int8(vec4i(round(v * to_code)));
  if (index == 0u) {
    var squares = 0.0;
    for (var i = 0u; i < 32u; i++) {
      squares += block_squares[i];
    }
    act_out[block] = vec2f(largest / 127.0, squares);
  }
}
