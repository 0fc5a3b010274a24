// matmul-int8/stage: what the tiled variants stage of a step of 64 columns: operands and scales of
// 64 rows and 32 tokens. Needs the bindings of the op and 128 invocations.
const ROWS = 64u;
const TOKENS = 32u;

// [quarter of the step][row or token]: 16 int8 each; their scale and minimum; activations: their
//   scale and sum. In quarter k, entry i is at i ^ 2k: then neither those who write the quarters of
//   a row nor those who read the rows of a quarter meet in a bank.
var<workgroup> tile_w: array<vec4u, 256>;
var<workgroup> tile_q: array<vec4u, 128>;
var<workgroup> tile_w_scale: array<vec2f, 256>;
var<workgroup> tile_q_scale: array<vec2f, 128>;

fn row_slot(k: u32, row: u32) -> u32 {
  return k * ROWS + (row ^ (2u * k));
}

fn token_slot(k: u32, token: u32) -> u32 {
  return k * TOKENS + (token ^ (2u * k));
}

// The scales of a column (of two rows), and how far into its group the column is.
struct Cursor { index: vec2u, column: u32 }

// What an invocation stages of a step: a span of two rows, 32 apart, and of one token, and where their
// scales are.
struct Source { span: u32, w_first: vec2u, q_first: u32, row: Cursor, token: Cursor }

struct Fetched { cell_0: vec4u, cell_1: vec4u, v: vec4u, scale: vec2f, minimum: vec2f, x_scale: f32 }

// Invocation (entry, quarter). Entries beyond the end repeat the last one; they are not written.
fn source_of(first_row: u32, first_token: u32, index: u32) -> Source {
  let quarter = index % 4u;
  let entry = index / 4u;
  let spans = params.k / 16u;
  let m = min(vec2u(first_row + entry, first_row + entry + 32u), vec2u(params.m - 1u));
  let t = min(first_token + entry, params.tokens - 1u);
  let column = 16u * quarter;
  let row = Cursor(m * (params.k / params.group) + column / params.group, column % params.group);
  let x = t * (params.k / params.block) + column / params.block;
  let token = Cursor(vec2u(x), column % params.block);
  return Source(quarter, m * (spans / CELL_SPANS), t * spans, row, token);
}

// 64 columns further.
fn moved_cursor(at: Cursor, group: u32) -> Cursor {
  let column = at.column + 64u % group;
  let carry = column >= group;
  return Cursor(at.index + 64u / group + select(0u, 1u, carry), select(column, column - group, carry));
}

fn moved(at: Source) -> Source {
  let row = moved_cursor(at.row, params.group);
  return Source(at.span + 4u, at.w_first, at.q_first, row, moved_cursor(at.token, params.block));
}

fn fetch(at: Source) -> Fetched {
  var minimum = vec2f(0.0);
  if (params.minima != 0u) {
    minimum = vec2f(row_min[at.row.index.x], row_min[at.row.index.y]);
  }
  let cell = at.w_first + at.span / CELL_SPANS;
  let scale = vec2f(row_scale[at.row.index.x], row_scale[at.row.index.y]);
  return Fetched(w[cell.x], w[cell.y], q[at.q_first + at.span], scale, minimum, q_scale[at.token.index.x]);
}

fn stage(index: u32, span: u32, f: Fetched) {
  let row = row_slot(index % 4u, index / 4u);
  let token = token_slot(index % 4u, index / 4u);
  tile_w[row] = span_bytes(f.cell_0, span % CELL_SPANS);
  tile_w[row + 32u] = span_bytes(f.cell_1, span % CELL_SPANS);
  tile_q[token] = f.v;
  var x_sum = 0.0;
  if (params.minima != 0u) {
    x_sum = f32(dot16(vec4u(0x01010101u), f.v));
  }
  let scale = f.scale / f32(1u << SPAN_SHIFT);
  tile_w_scale[row] = vec2f(scale.x, f.minimum.x);
  tile_w_scale[row + 32u] = vec2f(scale.y, f.minimum.y);
  tile_q_scale[token] = vec2f(f.x_scale, f.x_scale * x_sum);
}
