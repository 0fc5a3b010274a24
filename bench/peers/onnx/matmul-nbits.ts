// Ternary matrices as operands of com.microsoft.MatMulNBits.
// Source of the layout: onnxruntime/docs/ContribOperators.md; B is [N, K / block, block * bits / 8] from the low bits on,
// and without zero points the code 2^(bits - 1) stands for 0.
import type { OnnxNode, OnnxTensor } from './onnx-model.ts';

/** Bits of a code. */
export type CodeBits = 2 | 4;

/** How a matrix is stored and multiplied. */
export interface NBitsForm {
  readonly bits: CodeBits;
  /** Columns per scale: a power of two from 16 on. */
  readonly block: number;
  /** 0: the provider's choice (f32 activations); 4: int8 activations. */
  readonly accuracyLevel: 0 | 4;
}

/** A matrix [rows, columns] of ternary codes with a scale for each row and block. */
export interface TernaryMatrix {
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns], each -1, 0 or 1. */
  readonly codes: Int8Array;
  /** [rows, columns / block]. */
  readonly scales: Float32Array;
}

/** Ternary codes as unsigned codes around the middle, `8 / bits` of them to a byte. @param codes a multiple of 8 / bits */
export function packNBits(codes: Int8Array, bits: CodeBits): Uint8Array {
  const perByte = 8 / bits;
  const zero = 2 ** (bits - 1);
  const packed = new Uint8Array(codes.length / perByte);
  for (let byte = 0, at = 0; byte < packed.length; byte++) {
    let value = 0;
    for (let shift = 0; shift < 8; shift += bits, at++) value |= (codes[at] + zero) << shift;
    packed[byte] = value;
  }
  return packed;
}

/** The node `output = input x matrix^T` and its constants, named after `name`. */
export function matMulNBits(
  name: string,
  matrix: TernaryMatrix,
  form: NBitsForm,
  { input, output }: { readonly input: string; readonly output: string },
): { readonly node: OnnxNode; readonly tensors: readonly OnnxTensor[] } {
  const { rows, columns, codes, scales } = matrix;
  const { bits, block, accuracyLevel } = form;
  const blocks = columns / block;
  const [b, s] = [`${name}.codes`, `${name}.scales`];
  return {
    node: {
      op: 'MatMulNBits',
      domain: 'com.microsoft',
      inputs: [input, b, s],
      outputs: [output],
      attributes: { K: columns, N: rows, bits, block_size: block, accuracy_level: accuracyLevel },
    },
    tensors: [
      { name: b, type: 'uint8', dims: [rows, blocks, (block * bits) / 8], data: packNBits(codes, bits) },
      { name: s, type: 'float32', dims: [rows, blocks], data: scales },
    ],
  };
}
