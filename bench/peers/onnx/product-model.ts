// A model of several products of the same input with different matrices, so that one run of it is long enough to time.

import { matMulNBits, type NBitsForm, type TernaryMatrix } from './matmul-nbits.ts';
import { encodeOnnx } from './onnx-model.ts';

/** The bytes of a model with input `x` [tokens, columns] and outputs `y0`, `y1` ... [tokens, rows]. */
export function productModel(
  matrices: readonly TernaryMatrix[],
  form: NBitsForm,
  tokens: number,
): Uint8Array<ArrayBuffer> {
  const products = matrices.map((matrix, index) =>
    matMulNBits(`w${index}`, matrix, form, { input: 'x', output: `y${index}` }),
  );
  const [{ rows, columns }] = matrices;
  return encodeOnnx({
    inputs: [{ name: 'x', type: 'float32', dims: [tokens, columns] }],
    outputs: matrices.map((_, index) => ({ name: `y${index}`, type: 'float32', dims: [tokens, rows] })),
    nodes: products.map(({ node }) => node),
    tensors: products.flatMap(({ tensors }) => tensors),
  }).finish();
}
