// real/plane-tiles: tiles of floats from bit planes: 32 columns of 64 rows and 64 tokens, by 256
// invocations, and their products, 4 rows by 4 tokens each. Joined with a part that declares Real4.
const TILE = 64u;

// [four columns of the step][row or token].
var<workgroup> tile_w: array<Real4, 512>;
var<workgroup> tile_q: array<Real4, 512>;

// Sums of one token with four rows, by column modulo 4. A cell adds 16 products of magnitudes up to
// 128: an integer up to 2048, which binary16 holds. The sums of all cells stay below 2^24, which f32 holds.
struct Sums { row_0: Real4, row_1: Real4, row_2: Real4, row_3: Real4 }

// Columns s..s + 3 of a pair of weight planes.
fn weights(planes: vec2u, s: u32) -> Real4 {
  let shift = vec4u(s) + vec4u(0u, 1u, 2u, 3u);
  let plus = (vec4u(planes.x) >> shift) & vec4u(1u);
  let minus = (vec4u(planes.y) >> shift) & vec4u(1u);
  return Real4(vec4i(plus) - vec4i(minus));
}

// Byte p of the result is byte `part` of plane p.
fn gather(planes: vec4u, part: u32) -> u32 {
  let bytes = (planes >> vec4u(8u * part)) & vec4u(0xFFu);
  return bytes.x | (bytes.y << 8u) | (bytes.z << 16u) | (bytes.w << 24u);
}

// Exchanges bits within 4 by 8: the first two steps of an 8 by 8 transposition.
fn exchange(x: u32) -> u32 {
  let a = (x ^ (x >> 7u)) & 0x00AA00AAu;
  let y = x ^ a ^ (a << 7u);
  let b = (y ^ (y >> 14u)) & 0x0000CCCCu;
  return y ^ b ^ (b << 14u);
}

// Eight int8 from byte `part` of eight bit planes: columns 0..3 and 4..7 (Hacker's Delight, 7-3).
fn activations(low: vec4u, high: vec4u, part: u32) -> vec2u {
  let a = exchange(gather(low, part));
  let b = exchange(gather(high, part));
  let t = (a ^ (b << 4u)) & 0xF0F0F0F0u;
  return vec2u(a ^ t, b ^ (t >> 4u));
}

fn bytes_of(word: u32) -> Real4 {
  return Real4(vec4i(vec4u(word) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u));
}

fn stage(index: u32, cell: vec4u, low: vec4u, high: vec4u, h: u32) {
  let part = index / TILE; // this invocation's 8 of 32 columns
  let at = 2u * part * TILE + index % TILE;
  let planes = select(cell.xy, cell.zw, h == 1u);
  tile_w[at] = weights(planes, 8u * part);
  tile_w[at + TILE] = weights(planes, 8u * part + 4u);
  let words = activations(low, high, part);
  tile_q[at] = bytes_of(words.x);
  tile_q[at + TILE] = bytes_of(words.y);
}

fn add_products(at_w: u32, x: Real4, s: Sums) -> Sums {
  return Sums(
    fma(tile_w[at_w], x, s.row_0),
    fma(tile_w[at_w + 16u], x, s.row_1),
    fma(tile_w[at_w + 32u], x, s.row_2),
    fma(tile_w[at_w + 48u], x, s.row_3),
  );
}

fn sum_of(columns: Real4) -> f32 {
  return dot(vec4f(columns), vec4f(1.0));
}

fn total(s: Sums) -> vec4f {
  return vec4f(sum_of(s.row_0), sum_of(s.row_1), sum_of(s.row_2), sum_of(s.row_3));
}
