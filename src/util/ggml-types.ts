// ggml tensor type ids: names and block sizes, as in ggml/include/ggml.h and the bitnet.cpp and PrismML forks.
// Knows sizes only; how blocks decode is the business of src/quant.

/** What is known of one ggml tensor type. */
export interface GgmlType {
  readonly id: number;
  /** Name as the specification spells it. */
  readonly name: string;
  /** Elements per block along ne0; 0 when this reader cannot size tensors of the type. */
  readonly blockElements: number;
  /** Bytes per block; 0 when this reader cannot size tensors of the type. */
  readonly blockBytes: number;
  /** Bytes after the last block, once per tensor (I2_S keeps its scale there). */
  readonly trailerBytes: number;
}

/** ggml type ids that the engine names in code. */
export const GGML_TYPE = {
  F32: 0,
  F16: 1,
  Q4_0: 2,
  Q8_0: 8,
  Q4_K: 12,
  Q6_K: 14,
  I8: 24,
  I32: 26,
  BF16: 30,
  TQ1_0: 34,
  TQ2_0: 35,
  I2_S: 36,
  Q1_0: 41,
  Q2_0: 42,
  PQ2_0: 142,
  PTQ1_0: 143,
} as const;

// [id, name, block elements, block bytes, trailer bytes]. Zero sizes: named for messages, cannot be sized here.
// 42 has two block sizes that only offsets tell apart: ggml's comes first.
const ROWS: readonly (readonly [number, string, number, number, number?])[] = [
  [0, 'F32', 1, 4],
  [1, 'F16', 1, 2],
  [2, 'Q4_0', 32, 18],
  [3, 'Q4_1', 32, 20],
  [6, 'Q5_0', 32, 22],
  [7, 'Q5_1', 32, 24],
  [8, 'Q8_0', 32, 34],
  [9, 'Q8_1', 32, 36],
  [10, 'Q2_K', 256, 84],
  [11, 'Q3_K', 256, 110],
  [12, 'Q4_K', 256, 144],
  [13, 'Q5_K', 256, 176],
  [14, 'Q6_K', 256, 210],
  [15, 'Q8_K', 256, 292],
  [16, 'IQ2_XXS', 256, 66],
  [17, 'IQ2_XS', 256, 74],
  [18, 'IQ3_XXS', 256, 98],
  [19, 'IQ1_S', 256, 50],
  [20, 'IQ4_NL', 32, 18],
  [21, 'IQ3_S', 256, 110],
  [22, 'IQ2_S', 256, 82],
  [23, 'IQ4_XS', 256, 136],
  [24, 'I8', 1, 1],
  [25, 'I16', 1, 2],
  [26, 'I32', 1, 4],
  [27, 'I64', 1, 8],
  [28, 'F64', 1, 8],
  [29, 'IQ1_M', 256, 56],
  [30, 'BF16', 1, 2],
  [34, 'TQ1_0', 256, 54],
  [35, 'TQ2_0', 256, 66],
  [36, 'I2_S', 128, 32, 32],
  [38, 'TL1', 0, 0],
  [39, 'TL2 or MXFP4', 0, 0],
  [40, 'NVFP4', 0, 0],
  [41, 'Q1_0', 128, 18],
  [42, 'Q2_0', 64, 18],
  [42, 'Q2_0', 128, 34],
  [142, 'PQ2_0', 128, 34],
  [143, 'PTQ1_0', 128, 28],
];

const TYPES = new Map<number, GgmlType[]>();
for (const [id, name, blockElements, blockBytes, trailerBytes = 0] of ROWS) {
  const layouts = TYPES.get(id) ?? [];
  layouts.push({ id, name, blockElements, blockBytes, trailerBytes });
  TYPES.set(id, layouts);
}

/** The type with this id (the first of its layouts), or undefined when no reader knows it. */
export function findGgmlType(id: number): GgmlType | undefined {
  return TYPES.get(id)?.[0];
}

/** All layouts that share an id: one, but two for Q2_0; empty for an unknown id. */
export function ggmlTypeLayouts(id: number): readonly GgmlType[] {
  return TYPES.get(id) ?? [];
}

/** Name and id for messages, for example `Q4_K (12)` or `unknown type (77)`. */
export function describeGgmlType(id: number): string {
  return `${findGgmlType(id)?.name ?? 'unknown type'} (${id})`;
}

/**
 * Size in bytes of a tensor of a type that has a block size.
 * @param elements product of all dimensions, a multiple of `type.blockElements`
 */
export function ggmlTensorBytes(type: GgmlType, elements: number): number {
  return (elements / type.blockElements) * type.blockBytes + type.trailerBytes;
}
