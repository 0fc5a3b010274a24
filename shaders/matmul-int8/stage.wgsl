// matmul-int8/stage: what the tiled variants stage of a step of 64 columns: operands and scales of
// 64 rows and 64 tokens. Needs the bindings of the op and 256 invocations.
const TILE = 64u;

// [quarter of the step][row or token]: 16 int8 each; their scale and minimum; activations: their
//   scale and sum.
var<workgroup> tile_w: array<vec4u, 256>;
var<workgroup> tile_q: array<vec4u, 256>;
var<workgroup> tile_w_scale: array<vec2f, 256>;
var<workgroup> tile_q_scale: array<vec2f, 256>;

// The scale of a column, and how far into its group the column is.
struct Cursor { index: u32, column: u32 }

// What an invocation stages of a step: one span of one row and of one token, and where their scales are.
struct Source { span: u32, w_first: u32, q_first: u32, row: Cursor, token: Cursor }

struct Fetched { cell: vec4u, v: vec4u, scale: f32, minimum: f32, x_scale: f32 }

// Invocation (entry, quarter). Entries beyond the end repeat the last one; they are not written.
fn source_of(first_row: u32, first_token: u32, index: u32) -> Source {
  let quarter = index / TILE;
  let spans = params.k / 16u;
  let m = min(first_row + index % TILE, params.m - 1u);
  let t = min(first_token + index % TILE, params.tokens - 1u);
  let column = 16u * quarter;
  let row = Cursor(m * (params.k / params.group) + column / params.group, column % params.group);
  let token = Cursor(t * (params.k / params.block) + column / params.block, column % params.block);
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
  var minimum = 0.0;
  if (params.minima != 0u) {
    minimum = row_min[at.row.index];
  }
  let cell = w[at.w_first + at.span / CELL_SPANS];
  return Fetched(cell, q[at.q_first + at.span], row_scale[at.row.index], minimum, q_scale[at.token.index]);
}

fn stage(index: u32, span: u32, f: Fetched) {
  tile_w[index] = span_bytes(f.cell, span % CELL_SPANS);
  tile_q[index] = f.v;
  var x_sum = 0.0;
  if (params.minima != 0u) {
    x_sum = f32(dot16(vec4u(0x01010101u), f.v));
  }
  tile_w_scale[index] = vec2f(f.scale / f32(1u << SPAN_SHIFT), f.minimum);
  tile_q_scale[index] = vec2f(f.x_scale, f.x_scale * x_sum);
}
