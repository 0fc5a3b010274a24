// ONNX models as plain records, and their bytes. Source of the field numbers: onnx/onnx.proto (ONNX IR version 8).
import { ProtoWriter } from './proto-writer.ts';

/** Element types that the models here use. */
export const ELEMENT = { float32: 1, uint8: 2, int32: 6, int64: 7, float16: 10 } as const;

/** An attribute: integers are numbers, floats are wrapped, so that 1.0 stays a float. */
export type Attribute = number | string | readonly number[] | { readonly float: number };

/** One operator. An empty input name is an input left out. */
export interface OnnxNode {
  readonly op: string;
  /** Absent: the standard operators. */
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** A constant. Bytes are little-endian. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: keyof typeof ELEMENT;
  readonly dims: readonly number[];
  readonly data: ArrayBufferView;
}

/** An input or output; a string dimension is symbolic. */
export interface OnnxValue {
  readonly name: string;
  readonly type: keyof typeof ELEMENT;
  readonly dims: readonly (number | string)[];
}

/** A whole model; nodes in the order in which they can run. */
export interface OnnxGraph {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  readonly tensors: readonly OnnxTensor[];
}

const IR_VERSION = 8;
const OPERATORS = [
  { domain: '', version: 17 },
  { domain: 'com.microsoft', version: 1 },
];

/** The model as a writer, whose parts or bytes can be taken. Less than 2 GiB, as protocol buffers demand. */
export function encodeOnnx(graph: OnnxGraph): ProtoWriter {
  const body = new ProtoWriter();
  for (const [index, node] of graph.nodes.entries()) body.message(1, encodeNode(node, index));
  body.text(2, 'graph');
  for (const tensor of graph.tensors) body.message(5, encodeTensor(tensor));
  for (const value of graph.inputs) body.message(11, encodeValue(value));
  for (const value of graph.outputs) body.message(12, encodeValue(value));
  const model = new ProtoWriter().integer(1, IR_VERSION).text(2, 'sterna-bench').message(7, body);
  for (const { domain, version } of OPERATORS) {
    model.message(8, new ProtoWriter().text(1, domain).integer(2, version));
  }
  return model;
}

function encodeNode(node: OnnxNode, index: number): ProtoWriter {
  const writer = new ProtoWriter();
  for (const name of node.inputs) writer.text(1, name);
  for (const name of node.outputs) writer.text(2, name);
  writer.text(3, `${node.op}_${index}`).text(4, node.op);
  for (const [name, value] of Object.entries(node.attributes ?? {})) {
    writer.message(5, encodeAttribute(name, value));
  }
  return node.domain === undefined ? writer : writer.text(7, node.domain);
}

function encodeAttribute(name: string, value: Attribute): ProtoWriter {
  const writer = new ProtoWriter().text(1, name);
  if (typeof value === 'number') return writer.integer(3, value).integer(20, 2);
  if (typeof value === 'string') return writer.text(4, value).integer(20, 3);
  if ('float' in value) return writer.float(2, value.float).integer(20, 1);
  for (const entry of value) writer.integer(8, entry);
  return writer.integer(20, 7);
}

function encodeTensor({ name, type, dims, data }: OnnxTensor): ProtoWriter {
  const writer = new ProtoWriter();
  for (const length of dims) writer.integer(1, length);
  writer.integer(2, ELEMENT[type]).text(8, name);
  return writer.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function encodeValue({ name, type, dims }: OnnxValue): ProtoWriter {
  const shape = new ProtoWriter();
  for (const length of dims) {
    const dimension = new ProtoWriter();
    shape.message(1, typeof length === 'number' ? dimension.integer(1, length) : dimension.text(2, length));
  }
  const tensor = new ProtoWriter().integer(1, ELEMENT[type]).message(2, shape);
  return new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, tensor));
}
