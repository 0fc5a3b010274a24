// block-merge-residual/merge: the splits of block-attention joined, gained and quantised into staged
// activations.
// Joined with block/rows-early, staged, residual (its shares serve as scratch here) and norm; every
// workgroup does it for itself.
// [H, splits]: (maximum, then weight of the split; sum of weights)
var<workgroup> split_sums: array<vec2f, 384>;

// Factors of all splits: exp(m_i - max m) / sum of exp(m_j - max m) l_j over the head's splits j. Three
// barriers.
fn find_factors(index: u32, splits: u32) {
  let slot = params.head_dim / 4u + 1u;
  let count = min(params.heads * splits, 384u);
  for (var i = index; i < count; i += WG_SIZE) {
    let at = (i / splits * params.splits_max + i % splits) * slot;
    split_sums[i] = partial[at + slot - 1u].xy;
  }
  workgroupBarrier(); // publishes maxima and sums
  let i = vec2u(min(index, count - 1u), min(index + WG_SIZE, count - 1u));
  let own = vec2f(raised(i.x, splits), raised(i.y, splits));
  workgroupBarrier(); // everybody has read the maxima
  if (index < count) {
    split_sums[index].x = own.x;
  }
  if (index + WG_SIZE < count) {
    split_sums[index + WG_SIZE].x = own.y;
  }
  workgroupBarrier(); // publishes the weights; who merges a head divides by their sum
}

// exp(m_i - max m) of split i among those of its head.
fn raised(i: u32, splits: u32) -> f32 {
  let first = i / splits * splits;
  var largest = split_sums[first].x;
  for (var j = 1u; j < splits; j++) {
    largest = max(largest, split_sums[first + j].x);
  }
  return exp_accurate(split_sums[i].x - largest);
}

// Four merged columns, word v of H * Dh / 4: eight splits at a time.
fn merged_word(v: u32, splits: u32) -> vec4f {
  let words = params.head_dim / 4u;
  let head = v / words;
  let from_split = head * splits;
  let at = head * params.splits_max * (words + 1u) + v % words;
  var y = vec4f(0.0);
  var total = 0.0;
  for (var i = 0u; i < splits; i += 8u) {
    let low = vec4u(i, i + 1u, i + 2u, i + 3u);
    let high = low + 4u;
    let from_low = at + min(low, vec4u(splits - 1u)) * (words + 1u);
    let from_high = at + min(high, vec4u(splits - 1u)) * (words + 1u);
    let a = mat4x4f(partial[from_low.x], partial[from_low.y], partial[from_low.z], partial[from_low.w]);
    let b = mat4x4f(partial[from_high.x], partial[from_high.y], partial[from_high.z], partial[from_high.w]);
    let weight_low = weights_of(from_split, low, splits);
    let weight_high = weights_of(from_split, high, splits);
    y += a * weight_low.raised + b * weight_high.raised;
    total += weight_low.total + weight_high.total;
  }
  return y / max(total, 1e-30);
}

struct Weights {
  raised: vec4f,
  total: f32, // of the softmax
}

fn weights_of(first: u32, split: vec4u, splits: u32) -> Weights {
  let i = first + min(split, vec4u(splits - 1u));
  let live = split < vec4u(splits);
  let a = split_sums[i.x];
  let b = split_sums[i.y];
  let c = split_sums[i.z];
  let d = split_sums[i.w];
  let raised = select(vec4f(0.0), vec4f(a.x, b.x, c.x, d.x), live);
  return Weights(raised, dot(raised, vec4f(a.y, b.y, c.y, d.y)));
}

// Fills staged_codes, staged_scale and square_sums; ends with a barrier.
fn merge_columns(index: u32) {
  let splits = max(u32(partial[params.head_dim / 4u].z), 1u);
  find_factors(index, splits);
  let all_words = params.k / 4u;
  var squares = 0.0;
  for (var first = 0u; first < all_words; first += WG_SIZE) {
    let in_use = first + index < all_words;
    let v = min(first + index, all_words - 1u);
    let y = merged_word(v, splits);
    var gained = y;
    if (params.gained != 0u) {
      gained *= vec4f(sub_gain[4u * v], sub_gain[4u * v + 1u], sub_gain[4u * v + 2u], sub_gain[4u * v + 3u]);
    }
    squares += select(0.0, dot(y, y), in_use);
    let half = first / WG_SIZE % 2u; // the other half may still be read
    let size = abs(gained);
    shares[index][half] = max(max(size.x, size.y), max(size.z, size.w));
    workgroupBarrier(); // publishes the largest magnitude of each word
    let block = index / 8u * 8u;
    var largest = shares[block][half];
    for (var i = 1u; i < 8u; i++) {
      largest = max(largest, shares[block + i][half]);
    }
    if (in_use) {
      staged_codes[v / 4u][v % 4u] = pack_int8(vec4i(round(gained * (127.0 / max(largest, 1e-30)))));
      if (v % 8u == 0u) {
        staged_scale[v / 8u] = largest / 127.0;
      }
    }
  }
  workgroupBarrier(); // shares are free again
  shares[index].x = squares;
  workgroupBarrier(); // publishes the sums of squares
  if (index < 32u) {
    var sum = 0.0;
    for (var i = index; i < WG_SIZE; i += 32u) {
      sum += shares[i].x;
    }
    square_sums[index] = sum;
  }
  workgroupBarrier(); // publishes the activations, and frees shares
}

// The share of a member in two rows of codes, whose first cells are on their way while the splits are merged.
fn dot_codes(rows: vec2u, member: u32, lanes: u32, index: u32, size: u32) -> vec2f {
  let cells = params.k / CELL_COLUMNS;
  let base = rows * cells;
  let early = load_cells(base, member, lanes, cells);
  merge_columns(index);
  return dot_range(early, rows, base, member, lanes, cells) * UNIT;
}
