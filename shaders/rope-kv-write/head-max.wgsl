// rope-kv-write/head-max: largest magnitude of a head, and the write of its scale.
var<workgroup> maxima: array<f32, 32>; // of each cell

// Call in prepare, before a barrier.
fn note_max(index: u32, columns: Columns) {
  let largest = max(abs(columns.low), abs(columns.high));
  maxima[index] = max(max(largest.x, largest.y), max(largest.z, largest.w));
}

fn head_max() -> f32 {
  var largest = 0.0;
  for (var cell = 0u; cell < (params.head_dim + 7u) / 8u; cell++) {
    largest = max(largest, maxima[cell]);
  }
  return largest;
}

fn write_scale(block: u32, token: u32, scale: f32, is_value: bool) {
  if (is_value) {
    v_cache[kv_scale_at(block, token)] = bitcast<u32>(scale);
  } else {
    k_cache[kv_scale_at(block, token)] = bitcast<u32>(scale);
  }
}
