// block-merge-residual/merge: the splits of block-attention joined, gained and quantised into staged activations.
// Joined with block/staged, residual (its shares serve as scratch here) and norm; every workgroup does it for itself.
var<workgroup> split_sums: array<vec2f, 384>; // [H, splits]: (maximum, sum of weights), then (factor, -)

// Factors of all splits: exp(m_i - max m) / sum of exp(m_j - max m) l_j over the head's splits j. Three barriers.
fn find_factors(index: u32, splits: u32) {
  let slot = params.head_dim / 4u + 1u;
  let count = min(params.heads * splits, 384u);
  for (var i = index; i < count; i += WG_SIZE) {
    let at = (i / splits * params.splits_max + i % splits) * slot;
    split_sums[i] = partial[at + slot - 1u].xy;
  }
  workgroupBarrier(); // publishes maxima and sums
  var own = vec2f(0.0);
  for (var part = 0u; part < 2u; part++) {
    let i = min(index + part * WG_SIZE, count - 1u);
    let first = i / splits * splits;
    var largest = split_sums[first].x;
    for (var j = 1u; j < splits; j++) {
      largest = max(largest, split_sums[first + j].x);
    }
    var total = 0.0;
    for (var j = 0u; j < splits; j++) {
      total += exp_accurate(split_sums[first + j].x - largest) * split_sums[first + j].y;
    }
    own[part] = exp_accurate(split_sums[i].x - largest) / max(total, 1e-30);
  }
  workgroupBarrier(); // everybody has read maxima and sums
  for (var part = 0u; part < 2u; part++) {
    if (index + part * WG_SIZE < count) {
      split_sums[index + part * WG_SIZE].x = own[part];
    }
  }
  workgroupBarrier(); // publishes the factors
}

// Four merged columns, word v of H * Dh / 4.
fn merged_word(v: u32, splits: u32) -> vec4f {
  let words = params.head_dim / 4u;
  let head = v / words;
  let from_split = head * splits;
  let at = head * params.splits_max * (words + 1u) + v % words;
  let last = splits - 1u;
  var y = vec4f(0.0);
  for (var i = 0u; i < splits; i += 4u) {
    let j = min(vec4u(i, i + 1u, i + 2u, i + 3u), vec4u(last));
    let a = partial[at + j.x * (words + 1u)];
    let b = partial[at + j.y * (words + 1u)];
    let c = partial[at + j.z * (words + 1u)];
    let d = partial[at + j.w * (words + 1u)];
    let factors = vec4f(split_sums[from_split + j.x].x, split_sums[from_split + j.y].x,
      split_sums[from_split + j.z].x, split_sums[from_split + j.w].x);
    let live = select(vec4f(0.0), factors, vec4u(i, i + 1u, i + 2u, i + 3u) <= vec4u(last));
    y += a * live.x + b * live.y + c * live.z + d * live.w;
  }
  return y;
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
