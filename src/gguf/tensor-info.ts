// Parses the tensor list of a GGUF header and checks that the tensors tile the data section exactly.

import { EngineError } from '../errors.ts';
import { describeGgmlType, findGgmlType, type GgmlType, ggmlTensorBytes } from '../util/ggml-types.ts';
import type { HeaderCursor } from './cursor.ts';
import { MAX_TENSOR_DIMS, MAX_TENSOR_ELEMENTS, MAX_TENSOR_NAME_BYTES } from './limits.ts';
import { type DataSection, resolveLayouts, type TensorInfo } from './type-layouts.ts';
import { countElements, type GgufTensor, padTo } from './values.ts';

/** Why some known types cannot be read, by id. */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [38, 'TL1 files hold weights in an order that depends on a side file of the machine that made them'],
  [
    39,
    'TL2 files hold weights in an order that depends on a side file of the machine that made them, and MXFP4 shares their id',
  ],
]);

/**
 * Parses one entry of the tensor list.
 * @throws EngineError 'bad-file', or 'unsupported-model' for a type that cannot be sized; NeedMoreBytes
 */
export function parseTensorInfo(cursor: HeaderCursor, index: number): TensorInfo {
  cursor.field = `name of tensor ${index}`;
  const start = cursor.position;
  const name = cursor.string(true);
  const nameBytes = cursor.position - start - 8;
  if (nameBytes > MAX_TENSOR_NAME_BYTES) {
    throw cursor.error(`${nameBytes} bytes long`, `at most ${MAX_TENSOR_NAME_BYTES}`);
  }
  cursor.field = `dimensions of tensor ${name}`;
  const dimCount = cursor.u32();
  if (dimCount < 1 || dimCount > MAX_TENSOR_DIMS) {
    throw cursor.error(`${dimCount} dimensions`, `1 to ${MAX_TENSOR_DIMS}`);
  }
  const dims: number[] = [];
  let elements = 1;
  for (let dim = 0; dim < dimCount; dim++) {
    const length = cursor.u64();
    elements *= length;
    if (length < 1 || elements > MAX_TENSOR_ELEMENTS) {
      throw cursor.error(`[${[...dims, length]}]`, `lengths of at least 1 and at most 2^40 elements`);
    }
    dims.push(length);
  }
  cursor.field = `type of tensor ${name}`;
  const type = sizedType(cursor, name, cursor.u32());
  if (dims[0] % type.blockElements !== 0) {
    throw cursor.error(
      `${describeGgmlType(type.id)} with rows of ${dims[0]}`,
      `rows of a multiple of ${type.blockElements} elements`,
    );
  }
  cursor.field = `offset of tensor ${name}`;
  return { name, dims, type, relativeOffset: cursor.u64() };
}

function sizedType(cursor: HeaderCursor, tensor: string, typeId: number): GgmlType {
  const type = findGgmlType(typeId);
  if (type !== undefined && type.blockElements > 0) return type;
  if (type === undefined) throw cursor.error(`the unknown type id ${typeId}`, 'a known ggml type');
  const reason = REFUSALS.get(typeId);
  throw new EngineError(
    'unsupported-model',
    `Tensor ${tensor} of ${cursor.fileName} has type ${describeGgmlType(typeId)}, which is not supported${reason ? `: ${reason}` : ''}. Use a conversion to I2_S or TQ2_0.`,
    { details: { file: cursor.fileName, tensor, type: typeId } },
  );
}

/**
 * Turns relative offsets into absolute ones and checks that the tensors follow each other without gap or overlap.
 * @throws EngineError 'bad-file'
 */
export function placeTensors(infos: readonly TensorInfo[], section: DataSection): GgufTensor[] {
  const names = new Set<string>();
  const types = resolveLayouts(infos, section);
  let expectedOffset = 0;
  return infos.map((info, index) => {
    const fail = (observed: string, expected: string): never => {
      throw new EngineError(
        'bad-file',
        `${section.fileName} is not a valid GGUF file: tensor ${info.name} ${observed}; expected ${expected}. Download the file again or get it from another source.`,
        { details: { file: section.fileName, field: `tensor ${info.name}`, offset: info.relativeOffset } },
      );
    };
    if (names.has(info.name)) fail('occurs twice', 'distinct names');
    names.add(info.name);
    if (info.relativeOffset % section.alignment !== 0) {
      fail(`starts at data offset ${info.relativeOffset}`, `a multiple of ${section.alignment}`);
    }
    if (info.relativeOffset !== expectedOffset) {
      fail(
        `starts at data offset ${info.relativeOffset}`,
        `${expectedOffset}, right after the tensor before it`,
      );
    }
    const sizeBytes = ggmlTensorBytes(types[index], countElements(info.dims));
    const offsetBytes = section.dataStartBytes + info.relativeOffset;
    if (offsetBytes + sizeBytes > section.fileBytes) {
      fail(
        `ends at byte ${offsetBytes + sizeBytes}`,
        `an end within the file's ${section.fileBytes} bytes (it is cut off)`,
      );
    }
    expectedOffset = padTo(info.relativeOffset + sizeBytes, section.alignment);
    return { name: info.name, dims: info.dims, type: info.type.id, offsetBytes, sizeBytes };
  });
}
