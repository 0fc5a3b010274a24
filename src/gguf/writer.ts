// Writes a GGUF 3 file to a sink as a stream: the header first, then the tensors in the order that it lists.

import { EngineError } from '../errors.ts';
import type { ByteSink } from '../util/byte-sink.ts';
import { describeGgmlType, ggmlTensorBytes, ggmlTypeLayouts } from '../util/ggml-types.ts';
import { HeaderBytes } from './header-bytes.ts';
import { DEFAULT_ALIGNMENT } from './limits.ts';
import { countElements, type GgufValue, padTo } from './values.ts';

const MAGIC = 0x46554747;
const VERSION = 3;

/** One tensor to be written. */
export interface GgufTensorPlan {
  readonly name: string;
  /** ne0 first. */
  readonly dims: readonly number[];
  /** ggml type id. */
  readonly type: number;
  /** Elements per block where the id has two layouts (Q2_0: 64 or 128). Default: the first, ggml's own. */
  readonly blockElements?: number;
}

/** What a file will hold. */
export interface GgufPlan {
  /** In file order. `general.alignment` (u32) sets the alignment; default 32. */
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** In file order. */
  readonly tensors: readonly GgufTensorPlan[];
}

/** Writes one GGUF file. Use once: writeHeader, then writeTensor for each planned tensor in order, then finish. */
export class GgufWriter {
  readonly #sink: ByteSink;
  readonly #plan: GgufPlan;
  readonly #alignment: number;
  #nextTensor = 0;
  #headerWritten = false;

  /** @param sink stays the caller's to close */
  constructor(sink: ByteSink, plan: GgufPlan) {
    this.#sink = sink;
    this.#plan = plan;
    const alignment = plan.metadata.get('general.alignment');
    this.#alignment = alignment?.type === 'u32' ? alignment.value : DEFAULT_ALIGNMENT;
  }

  /** @throws EngineError 'bad-argument' for a tensor of a type whose size is not known, or called twice */
  async writeHeader(): Promise<void> {
    if (this.#headerWritten) throw misuse('The GGUF header was written twice; expected once.');
    this.#headerWritten = true;
    const { metadata, tensors } = this.#plan;
    const header = new HeaderBytes();
    header.u32(MAGIC);
    header.u32(VERSION);
    header.u64(tensors.length);
    header.u64(metadata.size);
    for (const [key, value] of metadata) {
      header.string(key);
      header.value(value);
    }
    let offset = 0;
    for (const tensor of tensors) {
      header.string(tensor.name);
      header.u32(tensor.dims.length);
      for (const length of tensor.dims) header.u64(length);
      header.u32(tensor.type);
      header.u64(offset);
      offset = padTo(offset + plannedBytes(tensor), this.#alignment);
    }
    header.padTo(padTo(header.length, this.#alignment));
    await this.#sink.write(header.bytes());
  }

  /**
   * Writes the next tensor and its padding.
   * @param name must be the next planned tensor
   * @param parts its bytes in order; each part is written before the next is asked for
   * @throws EngineError 'bad-argument' when the order or the byte count differs from the plan
   */
  async writeTensor(name: string, parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const planned = this.#plan.tensors[this.#nextTensor];
    if (!this.#headerWritten || planned === undefined || planned.name !== name) {
      throw misuse(`Tensor ${name} was written; expected ${planned?.name ?? 'the end of the file'}.`);
    }
    this.#nextTensor++;
    const expectedBytes = plannedBytes(planned);
    let written = 0;
    for await (const part of parts) {
      written += part.byteLength;
      await this.#sink.write(part);
    }
    if (written !== expectedBytes) {
      throw misuse(`Tensor ${name} got ${written} bytes; expected ${expectedBytes}.`);
    }
    const padding = padTo(written, this.#alignment) - written;
    if (padding > 0) await this.#sink.write(new Uint8Array(padding));
  }

  /** @throws EngineError 'bad-argument' when planned tensors are missing */
  finish(): void {
    const missing = this.#plan.tensors[this.#nextTensor];
    if (missing !== undefined) throw misuse(`The GGUF file ends without tensor ${missing.name}.`);
  }
}

/**
 * Size of a tensor without padding.
 * @throws EngineError 'bad-argument' when the type has no known size or its blocks do not fit the rows
 */
export function plannedBytes(tensor: GgufTensorPlan): number {
  const layouts = ggmlTypeLayouts(tensor.type);
  const type =
    tensor.blockElements === undefined
      ? layouts[0]
      : layouts.find(({ blockElements }) => blockElements === tensor.blockElements);
  if (type === undefined || type.blockElements === 0 || tensor.dims[0] % type.blockElements !== 0) {
    throw misuse(
      `Tensor ${tensor.name} [${tensor.dims}] cannot have type ${describeGgmlType(tensor.type)}; expected a type whose blocks fit its rows.`,
    );
  }
  return ggmlTensorBytes(type, countElements(tensor.dims));
}

function misuse(message: string): EngineError {
  return new EngineError('bad-argument', `${message} This is a defect of the caller.`);
}
