// rope-kv-write/rope: rotary embedding of queries and keys, scaling of queries, and the write of keys and
//   values to the cache in the kind of the part joined.
// q_out[T, H*Dh] = rope(q) / sqrt(Dh) (then H q for int4);  cache at position + t = rope(k) and v, encoded
// Pairs: NEOX (i, i + Dh/2) or, interleaved, (2i, 2i + 1); (a, b) -> (a*cos - b*sin, b*cos + a*sin).
// Geometry: workgroup (head, token), heads ordered H queries, G keys, G values;
//   32 invocations take a cell of 8 columns each.
// Requires: nothing.  Dh % 4 == 0, Dh <= 256.
// Cost: reads each value of q and k twice and writes it once; bound by latency.
struct Params {
  heads: u32, kv_heads: u32, head_dim: u32, capacity: u32, interleaved: u32,
  parallel: u32, // 1: token t is of a sequence of its own, in slab t of the cache, 0: the t-th next one
}
@group(0) @binding(0) var<storage, read> qkv: array<f32>;               // [T, H + 2G, Dh]
@group(0) @binding(1) var<storage, read> rope: array<vec2f>;            // [S, Dh/2] (cos, sin)
@group(0) @binding(2) var<storage, read> state: State;
@group(0) @binding(3) var<storage, read_write> q_out: array<vec4f>;     // [T, H, Dh/4]
@group(0) @binding(4) var<storage, read_write> k_cache: array<KvWord>;  // blocks, see kv/layout.ts
@group(0) @binding(5) var<storage, read_write> v_cache: array<KvWord>;  // blocks, see kv/layout.ts
@group(0) @binding(6) var<uniform> params: Params;

// One column after rotation; `source` is where the head begins in qkv.
fn turned(source: u32, column: u32, position: u32) -> f32 {
  let half = params.head_dim / 2u;
  let is_first = select(column < half, column % 2u == 0u, params.interleaved == 1u);
  let pair = select(select(column - half, column, is_first), column / 2u, params.interleaved == 1u);
  let other = select(column ^ 1u, select(column - half, column + half, is_first), params.interleaved == 0u);
  let turn = rope[position * half + pair];
  let partner = qkv[source + other] * select(turn.y, -turn.y, is_first);
  return qkv[source + column] * turn.x + partner;
}

fn source_column(source: u32, column: u32, position: u32, is_value: bool) -> f32 {
  if (column >= params.head_dim) {
    return 0.0;
  }
  if (is_value) {
    return qkv[source + column];
  }
  return turned(source, column, position);
}

fn source_word(source: u32, column: u32, position: u32, is_value: bool) -> vec4f {
  return vec4f(
    source_column(source, column, position, is_value),
    source_column(source, column + 1u, position, is_value),
    source_column(source, column + 2u, position, is_value),
    source_column(source, column + 3u, position, is_value),
  );
}

@compute @workgroup_size(32)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let head = group.x;
  let token = group.y;
  let is_parallel = params.parallel != 0u;
  let position = state.position + select(token, 0u, is_parallel);
  if (position >= params.capacity) {
    return; // a position outside the cache would overwrite the next head's keys
  }
  let is_value = head >= params.heads + params.kv_heads;
  let source = (token * (params.heads + 2u * params.kv_heads) + head) * params.head_dim;
  let low = source_word(source, 8u * index, position, is_value);
  let high = source_word(source, 8u * index + 4u, position, is_value);
  let columns = prepare(index, Columns(low, high)); // has the barriers
  let words = params.head_dim / 4u;
  if (head < params.heads) {
    let at = (token * params.heads + head) * words + 2u * index;
    let factor = 1.0 / sqrt(f32(params.head_dim));
    if (2u * index < words) {
      q_out[at] = columns.low * factor;
    }
    if (2u * index + 1u < words) {
      q_out[at + 1u] = columns.high * factor;
    }
    return;
  }
  let slab = select(0u, token * params.kv_heads, is_parallel);
  let kv_head = slab + (head - params.heads) % params.kv_heads;
  let block = kv_block_start(kv_head, position / KV_BLOCK);
  write_cell(block, position % KV_BLOCK, index, columns, is_value);
}
