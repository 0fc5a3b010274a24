// block/staged: activations of a product in workgroup memory, for workgroups whose teams all read the same
// many columns. At most STAGE_COLUMNS at a time.
const STAGE_COLUMNS = 8192u;
var<workgroup> staged_codes: array<vec4u, 512>;
var<workgroup> staged_scale: array<f32, 256>;

fn span_codes(span: u32) -> vec4u {
  return staged_codes[span % 512u];
}

fn block_scale(b: u32) -> f32 {
  return staged_scale[b % 256u];
}
