// Plain f64 oracle of ffn-gate.

/** act(gate) * up of gateUp[T, 2F]; activation 0: squared ReLU, 1: SiLU. Result [T, F]. */
export function ffnGateReference(gateUp: Float32Array, F: number, activation: number): Float64Array {
  const T = gateUp.length / (2 * F);
  const out = new Float64Array(T * F);
  for (let t = 0; t < T; t++) {
    for (let i = 0; i < F; i++) {
      const gate = gateUp[t * 2 * F + i];
      const up = gateUp[t * 2 * F + F + i];
      const activated = activation === 0 ? Math.max(gate, 0) ** 2 : gate / (1 + Math.exp(-gate));
      out[t * F + i] = activated * up;
    }
  }
  return out;
}
