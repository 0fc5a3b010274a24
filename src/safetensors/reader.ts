// Reads the header of a safetensors file through a ByteSource. Trusts nothing in it.
// https://github.com/huggingface/safetensors

import { EngineError } from '../errors.ts';
import type { ByteSource } from '../util/byte-source.ts';
import { isRecord, parseJsonRecord } from '../util/json.ts';

/** The format's own limit; larger headers would be parsed as one string. */
export const MAX_SAFETENSORS_HEADER_BYTES = 100_000_000;

/** Sizes of the element types; other types are refused. */
const DTYPE_BYTES: ReadonlyMap<string, number> = new Map([
  ['BOOL', 1],
  ['U8', 1],
  ['I8', 1],
  ['F8_E5M2', 1],
  ['F8_E4M3', 1],
  ['I16', 2],
  ['U16', 2],
  ['F16', 2],
  ['BF16', 2],
  ['I32', 4],
  ['U32', 4],
  ['F32', 4],
  ['F64', 8],
  ['I64', 8],
  ['U64', 8],
]);

/** One tensor of a safetensors file. Row-major, little-endian, at any byte address. */
export interface SafetensorsTensor {
  readonly name: string;
  /** As the format spells it: `F32`, `BF16`, `U8` and so on. */
  readonly dtype: string;
  /** Slowest dimension first; empty for a scalar. */
  readonly shape: readonly number[];
  readonly source: ByteSource;
  /** From the start of the file. */
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/**
 * Reads and checks the header of a safetensors file.
 * @returns its tensors by name, in file order
 * @throws EngineError 'bad-file' for anything unsound; whatever the source throws
 */
export async function readSafetensors(
  source: ByteSource,
  signal?: AbortSignal,
): Promise<Map<string, SafetensorsTensor>> {
  if (source.sizeBytes < 8) throw malformed(source, 'header length', 'cut off', 'at least 8 bytes');
  const prefix = await source.read(0, 8, signal);
  const view = new DataView(prefix.buffer, prefix.byteOffset, 8);
  const headerBytes = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
  if (headerBytes > Math.min(MAX_SAFETENSORS_HEADER_BYTES, source.sizeBytes - 8)) {
    throw malformed(
      source,
      'header length',
      String(headerBytes),
      `at most ${MAX_SAFETENSORS_HEADER_BYTES} and within the file's ${source.sizeBytes} bytes`,
    );
  }
  const header = decodeHeader(source, await source.read(8, headerBytes, signal));
  const dataStart = 8 + headerBytes;
  const tensors = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => parseTensor(source, dataStart, name, entry));
  tensors.sort((a, b) => a.offsetBytes - b.offsetBytes || a.sizeBytes - b.sizeBytes);
  checkTiling(source, dataStart, tensors);
  return new Map(tensors.map((tensor) => [tensor.name, tensor]));
}

function decodeHeader(source: ByteSource, bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed(source, 'header', 'not UTF-8', 'UTF-8 text');
  }
  if (!text.startsWith('{')) throw malformed(source, 'header', 'no JSON object', 'a text that starts with {');
  return parseJsonRecord(text, source.name);
}

function parseTensor(source: ByteSource, dataStart: number, name: string, entry: unknown): SafetensorsTensor {
  const fail = (observed: string, expected: string): EngineError =>
    malformed(source, `tensor ${name}`, observed, expected);
  if (!isRecord(entry)) throw fail('no record', 'a record of dtype, shape and data_offsets');
  const { dtype, shape, data_offsets: offsets } = entry;
  const elementBytes = typeof dtype === 'string' ? DTYPE_BYTES.get(dtype) : undefined;
  if (typeof dtype !== 'string' || elementBytes === undefined) {
    throw fail(`of dtype ${String(dtype)}`, [...DTYPE_BYTES.keys()].join(', '));
  }
  if (!isCounts(shape)) throw fail(`of shape ${JSON.stringify(shape)}`, 'a list of lengths');
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[1] < offsets[0]) {
    throw fail(`at ${JSON.stringify(offsets)}`, 'two offsets in order');
  }
  const sizeBytes = offsets[1] - offsets[0];
  const expectedBytes = shape.reduce((product, length) => product * length, elementBytes);
  if (sizeBytes !== expectedBytes) {
    throw fail(`${sizeBytes} bytes long`, `${expectedBytes} for ${dtype} [${shape}]`);
  }
  return { name, dtype, shape, source, offsetBytes: dataStart + offsets[0], sizeBytes };
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

/** No hole, no overlap, nothing left. A duplicate name in the JSON shows as a hole, since the parser keeps the last. */
function checkTiling(source: ByteSource, dataStart: number, tensors: readonly SafetensorsTensor[]): void {
  let end = dataStart;
  for (const tensor of tensors) {
    if (tensor.offsetBytes !== end) {
      const found = `at byte ${tensor.offsetBytes}`;
      throw malformed(source, `tensor ${tensor.name}`, found, `${end}, right after the tensor before it`);
    }
    end += tensor.sizeBytes;
  }
  if (end !== source.sizeBytes) {
    throw malformed(
      source,
      'end of the last tensor',
      String(end),
      `${source.sizeBytes}, the size of the file`,
    );
  }
}

function malformed(source: ByteSource, field: string, observed: string, expected: string): EngineError {
  return new EngineError(
    'bad-file',
    `${source.name} is not a valid safetensors file: ${field} is ${observed}; expected ${expected}. Download the file again.`,
    { details: { file: source.name, field } },
  );
}
