// block/outliers: a product of codes with some input channels in int8 beside them.
// Joined with block/cell, a dot_codes, common/int8 and a part that keeps the activations of the channels;
// the kernel declares `beside`, which begins with the table of outlier-table.ts, and
// params (outliers: channels J, channels_at: where their list begins in `beside`).

// A cell of two rows.
struct OutlierCell {
  a: vec4u,
  b: vec4u,
}

// Beyond the end the last cell is loaded again.
fn load_outliers(rows: vec2u, c: u32) -> OutlierCell {
  let cells = params.outliers / 16u;
  let at = rows * cells + min(c, cells - 1u);
  return OutlierCell(beside[at.x], beside[at.y]);
}

// Cell c of two rows times the activations of its channels.
fn dot_channels(cell: OutlierCell, c: u32) -> vec2f {
  let a = cell.a;
  let b = cell.b;
  let x_0 = channel_values[4u * c];
  let x_1 = channel_values[4u * c + 1u];
  let x_2 = channel_values[4u * c + 2u];
  let x_3 = channel_values[4u * c + 3u];
  return vec2f(dot(vec4f(unpack_int8(a.x)), x_0) + dot(vec4f(unpack_int8(a.y)), x_1)
      + dot(vec4f(unpack_int8(a.z)), x_2) + dot(vec4f(unpack_int8(a.w)), x_3),
    dot(vec4f(unpack_int8(b.x)), x_0) + dot(vec4f(unpack_int8(b.y)), x_1)
      + dot(vec4f(unpack_int8(b.z)), x_2) + dot(vec4f(unpack_int8(b.w)), x_3));
}

// Cells c, c + lanes, ... of two rows, of which the first is here or on its way.
fn dot_outliers(early: OutlierCell, rows: vec2u, c: u32, lanes: u32) -> vec2f {
  var cell = early;
  var sum = vec2f(0.0);
  for (var at = c; at < params.outliers / 16u; at += lanes) {
    let next = load_outliers(rows, at + lanes);
    sum += dot_channels(cell, at);
    cell = next;
  }
  return sum;
}

fn channel_four(channels: vec4u) -> vec4f {
  return vec4f(channel_value(channels.x), channel_value(channels.y), channel_value(channels.z),
    channel_value(channels.w));
}

fn outlier_scale(row: u32) -> f32 {
  let at = params.channels_at + params.outliers / 4u + row / 4u;
  return bitcast<f32>(beside[at][row % 4u]);
}

// Share of a member in two rows of both, scaled: they have scales of their own. Whatever does not wait for
// the activations is on its way before the codes. The workgroup calls it together; one barrier more.
fn dot_matrix(rows: vec2u, member: u32, lanes: u32, index: u32, size: u32) -> vec2f {
  let words = params.outliers / 4u;
  let first_channels = beside[params.channels_at + min(index, words - 1u)];
  let early = load_outliers(rows, member);
  let scales = vec2f(outlier_scale(rows.x), outlier_scale(rows.y));
  let factors = vec2f(row_factor(rows.x), row_factor(rows.y));
  let codes = dot_codes(rows, member, lanes, index, size);
  if (index < words) {
    channel_values[index] = channel_four(first_channels);
  }
  for (var j = index + size; j < words; j += size) {
    channel_values[j] = channel_four(beside[params.channels_at + j]);
  }
  workgroupBarrier(); // publishes the activations of the channels
  return codes * factors + dot_outliers(early, rows, member, lanes) * scales;
}

// The shares are scaled.
fn late_factor(row: u32) -> f32 {
  return 1.0;
}
