// Cases of ffn-gate: both activations, ragged widths, more than one token, values where exp overflows.
import { type KernelCase, type KernelCases, seededUniform } from '../case.ts';
import { FFN_ACTIVATION } from './kernel.ts';
import { ffnGateReference } from './reference.ts';

const CANARY = -77;

function makeCase(tokens: number, f: number, activation: number, amplitude: number): KernelCase {
  const kind = activation === FFN_ACTIVATION.squaredRelu ? 'squared ReLU' : 'SiLU';
  return {
    name: `${kind}, ${tokens} x ${f}, amplitude ${amplitude}`,
    shape: { f, tokens, activation },
    inputs() {
      const random = seededUniform(tokens * 101 + f + activation);
      return {
        gate_up: Float32Array.from({ length: tokens * 2 * f }, () => random() * amplitude),
        out: new Float32Array(tokens * f + 3).fill(CANARY),
      };
    },
    expected(inputs) {
      return {
        out: {
          kind: 'close',
          values: ffnGateReference(inputs.gate_up as Float32Array, f, activation),
          absolute: 1e-30,
          // WGSL allows exp an error of 3 + 2|x| ULP; at most 80 here.
          relative: 2e-5,
          reason: 'exp in f32 with 3 + 2|x| ULP, one division',
        },
      };
    },
  };
}

const { squaredRelu, silu } = FFN_ACTIVATION;

/** All cases. */
export const cases: KernelCases = {
  kernel: 'ffn-gate',
  cases: [
    makeCase(1, 1, squaredRelu, 1),
    makeCase(1, 6912, squaredRelu, 3),
    makeCase(3, 257, squaredRelu, 1e4),
    makeCase(1, 255, silu, 1),
    makeCase(5, 1024, silu, 20),
    makeCase(2, 128, silu, 200),
    makeCase(1, 64, squaredRelu, 0),
    makeCase(70, 241664 / 64, silu, 1),
  ],
};
