// The contract of a storage format: how the bytes of a tensor in a file become codes or floats, row by row.
// One folder per format beside this file; the registry is index.ts. Only the repack kernels
// (shaders/common/storage) see a storage format, and only as an accelerator of its reader.
import type { ByteSource } from '../util/byte-source.ts';

/** Where a tensor lies and its shape. `columns` is the contraction length K (GGUF ne0), `rows` the rest. */
export interface TensorLocation {
  readonly name: string;
  readonly source: ByteSource;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Rows of a tensor as integer codes with scales: W[r, k] = scales[r, g] * codes[r, k] (+ minima[r, g]), with
 * g = floor(k / groupSize).
 */
export interface CodedRows {
  /** [rows, K] i8, row-major. */
  readonly codes: Int8Array;
  /** [rows, K / groupSize] f32. */
  readonly scales: Float32Array;
  /** [rows, K / groupSize] f32, in formats whose groups have an offset. Absent: no offset. */
  readonly minima?: Float32Array;
}

/**
 * The bytes of a tensor as they lie in the file, row by row: for whoever repacks them elsewhere than in the reader. Nothing
 * is checked but the size: codes that the reader refuses are there.
 */
export interface StoredRows {
  /** Name of the storage format. */
  readonly format: string;
  readonly rowBytes: number;
  /** rowCount * rowBytes bytes; a view as ByteSource.read gives it. */
  read(firstRow: number, rowCount: number, signal?: AbortSignal): Promise<Uint8Array>;
  /** The tensor's only scale, in formats that store it apart from the rows. Absent: scales lie in the rows, if anywhere. */
  readScale?(signal?: AbortSignal): Promise<number>;
}

/** Range of the codes: -1, 0, 1; or -1, 1; or -8 to 7; or -128 to 127. */
export type CodeKind = 'ternary' | 'binary' | 'int4' | 'int8';

/** A tensor whose values are small integers times a scale. */
export interface CodedReader {
  readonly kind: CodeKind;
  readonly rows: number;
  readonly columns: number;
  /** Columns that share one scale; equal to `columns` when a row (or the tensor) has a single scale. */
  readonly groupSize: number;
  /** True when readCodes gives minima. Absent: it does not. */
  readonly hasMinima?: boolean;
  /** Absent in readers that change what is stored. */
  readonly stored?: StoredRows;
  /** Reads rows [firstRow, firstRow + rowCount). Each call reads only what it needs from the source. */
  readCodes(firstRow: number, rowCount: number, signal?: AbortSignal): Promise<CodedRows>;
  /** [rowCount, K] f32, row-major, bit for bit as the format defines its values. */
  readFloats(firstRow: number, rowCount: number, signal?: AbortSignal): Promise<Float32Array>;
}

/** A tensor of floating-point values. */
export interface FloatReader {
  readonly kind: 'float';
  readonly rows: number;
  readonly columns: number;
  /** True when binary16 holds every value exactly. Absent: it may not. */
  readonly isBinary16?: boolean;
  /** True when bfloat16 holds every value exactly. Absent: it may not. */
  readonly isBfloat16?: boolean;
  /** Absent in readers that change what is stored. */
  readonly stored?: StoredRows;
  /** [rowCount, K] f32, row-major, exact for F32, F16 and BF16. */
  readFloats(firstRow: number, rowCount: number, signal?: AbortSignal): Promise<Float32Array>;
}

/** Reader of one tensor, whatever its storage format. */
export type TensorReader = CodedReader | FloatReader;

/** One storage format. */
export interface QuantFormat {
  /** Name as the specification spells it, for example `TQ2_0`. */
  readonly name: string;
  /** ggml type id. Q2_0 has two formats under one id, which differ in sizeBytes. */
  readonly ggmlType: number;
  /** Elements per block; ne0 must be a multiple (1 for whole-tensor formats that state their own rule). */
  readonly blockElements: number;
  /** Size in bytes of a tensor of this many elements. */
  sizeBytes(elements: number): number;
  /** @throws EngineError 'bad-file' when the location does not fit the format */
  open(location: TensorLocation): TensorReader;
}
