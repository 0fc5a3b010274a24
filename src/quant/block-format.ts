// Makes a storage format of blocks of fixed size: what all of them share besides how one block decodes.

import type { CodedReader, CodedRows, CodeKind, QuantFormat, TensorLocation } from './format.ts';
import { checkLocation, readRowBytes, scaleCodes, storedRows, tensorError } from './location.ts';

/** What is particular to one block format. */
export interface BlockFormatSpec {
  readonly name: string;
  readonly ggmlType: number;
  readonly kind: CodeKind;
  readonly blockElements: number;
  readonly blockBytes: number;
  /** Columns that share one scale; divides blockElements. */
  readonly groupSize: number;
  /**
   * Codes and scales of whole blocks.
   * @returns null when some code is 3 in a ternary format of two bits, which no ternary encoder writes
   */
  decode(bytes: Uint8Array): CodedRows | null;
  /** Values of whole blocks. Default: codes times scales, for formats without minima. */
  decodeFloats?(bytes: Uint8Array): Float32Array;
}

/** A format whose readers refuse the code 3 ('bad-file') when `decode` finds it. */
export function defineBlockFormat(spec: BlockFormatSpec): QuantFormat {
  const { name, ggmlType, blockElements, blockBytes } = spec;
  const format: QuantFormat = {
    name,
    ggmlType,
    blockElements,
    sizeBytes: (elements) => (elements / blockElements) * blockBytes,
    open(location) {
      checkLocation(format, location);
      return openBlocks(spec, location);
    },
  };
  return format;
}

function openBlocks(spec: BlockFormatSpec, location: TensorLocation): CodedReader {
  const { kind, groupSize, decodeFloats } = spec;
  const { rows, columns } = location;
  const rowBytes = (columns / spec.blockElements) * spec.blockBytes;
  const decode = (bytes: Uint8Array): CodedRows => {
    const decoded = spec.decode(bytes);
    if (decoded !== null) return decoded;
    throw tensorError(location, `${spec.name} with the code 3`, 'the codes 0, 1 and 2');
  };
  return {
    kind,
    rows,
    columns,
    groupSize,
    hasMinima: decodeFloats !== undefined,
    stored: storedRows(spec.name, location, rowBytes),
    async readCodes(firstRow, rowCount, signal) {
      return decode(await readRowBytes(location, rowBytes, firstRow, rowCount, signal));
    },
    async readFloats(firstRow, rowCount, signal) {
      const bytes = await readRowBytes(location, rowBytes, firstRow, rowCount, signal);
      if (decodeFloats !== undefined) return decodeFloats(bytes);
      const { codes, scales } = decode(bytes);
      return scaleCodes(codes, scales, groupSize);
    },
  };
}
