// block/direct: activations of a product where the producer left them; each member reads what its cells need.
fn span_codes(span: u32) -> vec4u {
  return q[span];
}

fn block_scale(b: u32) -> f32 {
  return act[b].x;
}
